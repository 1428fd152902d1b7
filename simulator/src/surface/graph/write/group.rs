//! Groups: create, change, delete, and create where a unique name is missing.
//!
//! The rules: Microsoft Learn, "Create group", "Update group", "Upsert group" and the properties of the group resource type.

use std::sync::Arc;

use entrasim_domain::directory::group::{Group, GroupKind};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::path::{Key, Segment};
use super::super::permission;
use super::super::resource::Resource;
use super::super::schema::group::GROUP;
use super::super::{Answer, Graph};
use super::{
    body, boolean, invalid, is_alias, keep, member, no_content, optional_text, reference, text,
};

mod membership;

use membership::{Dynamic, types_of};

const CLASS: &str = "Group";
/// Members and owners that one request can bring along.
const LINKS: usize = 20;
/// Settings of a group's mailbox, which a new group does not have yet ("Create group").
const NOT_AT_FIRST: [&str; 6] = [
    "allowExternalSenders",
    "autoSubscribeNewMembers",
    "hideFromAddressLists",
    "hideFromOutlookClients",
    "isSubscribedByMail",
    "unseenCount",
];

/// `POST /groups`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    create_with(graph, body(graph)?)
}

fn create_with(graph: &Graph<'_, '_>, mut members: Map<String, Value>) -> Answer {
    require(&members)?;
    if let Some(name) = NOT_AT_FIRST
        .iter()
        .find(|name| member(&members, name).is_some())
    {
        return Err(invalid(name, CLASS));
    }
    let links = links(graph.tenant()?, &mut members)?;
    let now = graph.call.now();
    let id = ObjectId(graph.call.draw(Random::guid));
    let mut group = Group::new(id, String::new(), String::new(), now);
    let dynamic = Dynamic::of(&members)?;
    group.kind = kind(member(&members, "groupTypes").unwrap_or(&Value::Null))?;
    group.assignable_to_role = match member(&members, "isAssignableToRole") {
        None | Some(Value::Null) => false,
        Some(value) => boolean(value, "isAssignableToRole", CLASS)?,
    };
    if group.assignable_to_role {
        permission::require_role_management(&graph.caller)?;
    }
    let group = graph.write(|tenant| {
        for (name, value) in &members {
            set(tenant, &mut group, name, value)?;
        }
        group.membership_rule = dynamic.rule(None)?;
        check(tenant, &group, None)?;
        if group.kind == GroupKind::Unified && group.kept.get("visibility").is_none() {
            let visibility = if group.assignable_to_role {
                "Private"
            } else {
                "Public"
            };
            group.kept.set("visibility", visibility.into());
        }
        let note = graph.note();
        tenant.put_group(group.clone(), &note)?;
        for (relation, to) in &links {
            tenant.link(*relation, id, *to, &note)?;
        }
        let is_owned = links
            .iter()
            .any(|(relation, _)| *relation == Relation::Owner);
        if !is_owned && owned_by_its_creator(graph, tenant, &group) {
            tenant.link(Relation::Owner, id, graph.caller.object_id, &note)?;
        }
        Ok(group.clone())
    })?;
    graph.created(&GROUP, GROUP.whole(graph.tenant()?, &group))
}

/// A person who creates a Microsoft 365 group owns it, and so does one who creates any group without a role that allows it.
fn owned_by_its_creator(graph: &Graph<'_, '_>, tenant: &Tenant, group: &Group) -> bool {
    let creator = graph.caller.object_id;
    let person = permission::is_person(&graph.caller) && tenant.users.get(creator).is_some();
    person && (group.kind == GroupKind::Unified || tenant.roles_of(creator).is_empty())
}

/// `PATCH /groups/{id}`, and with `Prefer: create-if-missing` also by a unique name that no group has yet.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let mut members = body(graph)?;
    let id = match resource.object::<Group>(0) {
        Ok(group) => group.id,
        Err(missing) => {
            let name = unique_name(graph).filter(|_| creates_if_missing(graph));
            let name = name.ok_or(missing)?;
            members.insert("uniqueName".to_owned(), name.into());
            return create_with(graph, members);
        }
    };
    permission::require_reach_of_group(&graph.caller, graph.tenant()?, id)?;
    let links = links(graph.tenant()?, &mut members)?;
    let dynamic = Dynamic::of(&members)?;
    graph.write(|tenant| {
        let before = tenant.groups.get(&id).map(Arc::clone);
        let before = before.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut group = Group::clone(&before);
        if let Some(types) = member(&members, "groupTypes")
            && kind(types)? != group.kind
        {
            return Err(invalid("groupTypes", CLASS));
        }
        for (name, value) in &members {
            set(tenant, &mut group, name, value)?;
        }
        group.membership_rule = dynamic.rule(before.membership_rule.as_ref())?;
        check(tenant, &group, Some(&before))?;
        let note = graph.note();
        // Nobody stays in by hand where a rule says who is in; who was in by the rule stays when it goes.
        let members: Vec<ObjectId> = if before.is_dynamic() == group.is_dynamic() {
            Vec::new()
        } else {
            tenant.members_of(id, None).collect()
        };
        if group.is_dynamic() {
            for member in &members {
                tenant.unlink(Relation::Member, id, *member, &note)?;
            }
        }
        let stays = !group.is_dynamic();
        tenant.put_group(group, &note)?;
        for member in members.iter().filter(|_| stays) {
            tenant.link(Relation::Member, id, *member, &note)?;
        }
        for (relation, to) in &links {
            tenant.link(*relation, id, *to, &note)?;
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /groups/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<Group>(0)?.id;
    let tenant = graph.tenant()?;
    permission::require_reach_of_group(&graph.caller, tenant, id)?;
    // Licences would be lost to the members ("Delete group": 400 while licences are assigned).
    let licensed = tenant
        .groups
        .get(&id)
        .is_some_and(|group| !group.licences.is_empty());
    if licensed && tenant.members_of(id, None).next().is_some() {
        return Err(GraphError::Refused(
            "The group has an active license assigned and has members. Remove the license before deleting the group.".to_owned(),
        ));
    }
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

fn require(members: &Map<String, Value>) -> Result<(), GraphError> {
    for name in [
        "displayName",
        "mailEnabled",
        "mailNickname",
        "securityEnabled",
    ] {
        let value = member(members, name);
        if value.is_none_or(|value| value.is_null() || value == "") {
            return Err(GraphError::Required {
                member: name,
                class: CLASS,
            });
        }
    }
    Ok(())
}

/// `members@odata.bind` and `owners@odata.bind`.
fn links(
    tenant: &Tenant,
    members: &mut Map<String, Value>,
) -> Result<Vec<(Relation, ObjectId)>, GraphError> {
    let mut links = Vec::new();
    for relation in [Relation::Member, Relation::Owner] {
        let bound = reference::bound(tenant, members, relation.navigation(), CLASS)?;
        links.extend(bound.into_iter().map(|to| (relation, to)));
    }
    if links.len() > LINKS {
        return Err(GraphError::Refused(
            "A resource cannot contain more than 20 link changes.".to_owned(),
        ));
    }
    Ok(links)
}

/// The name in `/groups(uniqueName='…')`.
fn unique_name(graph: &Graph<'_, '_>) -> Option<String> {
    let segments = graph.call.request.segments();
    let Key::Named(arguments) = Segment::parse(segments.get(1)?).key? else {
        return None;
    };
    let mut arguments = arguments.into_iter();
    let named = arguments.find(|argument| argument.name.eq_ignore_ascii_case("uniqueName"));
    named.map(|argument| argument.value)
}

fn creates_if_missing(graph: &Graph<'_, '_>) -> bool {
    let prefer = graph.call.request.header("prefer").unwrap_or_default();
    let mut wishes = prefer.split([',', ';']).map(str::trim);
    wishes.any(|wish| wish.eq_ignore_ascii_case("create-if-missing"))
}

fn kind(types: &Value) -> Result<GroupKind, GraphError> {
    let mut kind = GroupKind::Plain;
    for name in types_of(types)? {
        match name.to_ascii_lowercase().as_str() {
            "unified" => kind = GroupKind::Unified,
            "dynamicmembership" => {}
            _ => return Err(invalid("groupTypes", CLASS)),
        }
    }
    Ok(kind)
}

/// Sets one member, apart from those that are read together.
fn set(tenant: &Tenant, group: &mut Group, name: &str, value: &Value) -> Result<(), GraphError> {
    match name.to_ascii_lowercase().as_str() {
        "displayname" => group.display_name = text(value, name, CLASS, 256)?,
        "description" => group.description = description(value)?,
        "mailnickname" => {
            let alias = text(value, name, CLASS, 64)?;
            if !is_alias(&alias) {
                return Err(invalid(name, CLASS));
            }
            group.mail_nickname = alias;
        }
        "mailenabled" => group.mail_enabled = boolean(value, name, CLASS)?,
        "securityenabled" => group.security_enabled = boolean(value, name, CLASS)?,
        "uniquename" if group.unique_name.is_none() => {
            group.unique_name = optional_text(value, name, CLASS, 128)?;
        }
        "uniquename" if value.as_str() != group.unique_name.as_deref() => {
            return Err(for_good("uniqueName"));
        }
        "isassignabletorole" if value.as_bool().unwrap_or(false) != group.assignable_to_role => {
            return Err(for_good("isAssignableToRole"));
        }
        // The latter are read together, before.
        "uniquename"
        | "isassignabletorole"
        | "grouptypes"
        | "membershiprule"
        | "membershipruleprocessingstate" => {}
        _ => keep(&GROUP, tenant, group, name, value)?,
    }
    Ok(())
}

/// What is said when a group is made, and not again.
fn for_good(name: &str) -> GraphError {
    GraphError::ReadOnly {
        member: name.to_owned(),
        class: CLASS,
    }
}

/// An empty description is none.
fn description(value: &Value) -> Result<Option<String>, GraphError> {
    if value == "" {
        Ok(None)
    } else {
        optional_text(value, "description", CLASS, 1024)
    }
}

/// What depends on more than one member.
fn check(tenant: &Tenant, group: &Group, before: Option<&Group>) -> Result<(), GraphError> {
    let unified = group.kind == GroupKind::Unified;
    if group.mail_enabled && !unified && before.is_none_or(|before| !before.mail_enabled) {
        return Err(GraphError::Refused(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.".to_owned(),
        ));
    }
    if unified && !group.mail_enabled
        || before.is_some_and(|before| before.mail_enabled && !group.mail_enabled)
    {
        return Err(invalid("mailEnabled", CLASS));
    }
    if !group.security_enabled && (!group.mail_enabled || group.assignable_to_role) {
        return Err(invalid("securityEnabled", CLASS));
    }
    if group.assignable_to_role && group.is_dynamic() {
        return Err(invalid("isAssignableToRole", CLASS));
    }
    let visibility = group.kept.text("visibility");
    let was = before.map(|before| before.kept.text("visibility"));
    let hidden = Some("HiddenMembership");
    // Hidden membership is chosen when a Microsoft 365 group is made, and for good.
    let hides = visibility == hidden && (!unified || was.is_some_and(|was| was != hidden));
    let shows = was == Some(hidden) && visibility != hidden;
    if hides || shows || group.assignable_to_role && visibility.is_some_and(|now| now != "Private")
    {
        return Err(invalid("visibility", CLASS));
    }
    if group.mail_enabled && before.is_none_or(|before| before.mail_nickname != group.mail_nickname)
    {
        let mut others = tenant.groups_by_mail_nickname(&group.mail_nickname);
        let taken = others.any(|other| other.id != group.id && other.mail_enabled);
        if taken {
            return Err(GraphError::Conflict {
                member: "mailNickname",
            });
        }
    }
    Ok(())
}
