//! `POST /invitations`: a guest who has yet to accept.
//!
//! The rules and the answer: Microsoft Learn, "Create invitation", and the properties of a B2B collaboration user. The text
//! for somebody of one's own tenant is assumed.

use entrasim_domain::directory::user::{Mail, User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::{Answer, Graph};
use super::user::identity::is_mail;
use super::{body, boolean, invalid, member, optional_text, required};

const CLASS: &str = "Invitation";
const MEMBERS: [&str; 9] = [
    "invitedUser",
    "invitedUserDisplayName",
    "invitedUserEmailAddress",
    "invitedUserMessageInfo",
    "invitedUserType",
    "inviteRedirectUrl",
    "resetRedemption",
    "sendInvitationMessage",
    "status",
];

struct Invited {
    mail: String,
    name: Option<String>,
    kind: UserType,
    sends: bool,
    back: String,
}

impl Invited {
    fn read(members: &Map<String, Value>) -> Result<Self, GraphError> {
        for name in members.keys() {
            if !MEMBERS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: "invitation",
                });
            }
        }
        let text = |name: &'static str| {
            let value = required(members, name, CLASS)?.as_str();
            value.ok_or_else(|| invalid(name, CLASS))
        };
        let truth = |name: &'static str| match member(members, name) {
            None | Some(Value::Null) => Ok(false),
            Some(value) => boolean(value, name, CLASS),
        };
        let mail = text("invitedUserEmailAddress")?.to_owned();
        let back = text("inviteRedirectUrl")?.to_owned();
        if !is_mail(&mail) {
            return Err(invalid("invitedUserEmailAddress", CLASS));
        }
        let host = back
            .strip_prefix("https://")
            .or(back.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
            return Err(invalid("inviteRedirectUrl", CLASS));
        }
        if truth("resetRedemption")? {
            let name = "graph POST /invitations with resetRedemption";
            return Err(GraphError::NotSimulated(name.to_owned()));
        }
        let kind = match member(members, "invitedUserType") {
            None | Some(Value::Null) => UserType::Guest,
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("guest") => UserType::Guest,
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("member") => UserType::Member,
            Some(_) => return Err(invalid("invitedUserType", CLASS)),
        };
        let name = match member(members, "invitedUserDisplayName") {
            None => None,
            Some(name) => optional_text(name, "invitedUserDisplayName", CLASS, 256)?,
        };
        Ok(Self {
            mail,
            name,
            kind,
            sends: truth("sendInvitationMessage")?,
            back,
        })
    }

    /// The account that stands for the guest; one that is there already is invited again.
    fn user(&self, tenant: &Tenant, id: ObjectId, now: Timestamp) -> Result<User, GraphError> {
        use entrasim_domain::directory::object::Class;
        let known = tenant.equal(Class::User, Indexed::Mail, &self.mail, None);
        let known = known.and_then(|mut known| known.next());
        if let Some(known) = known.and_then(|known| tenant.users.get(known)) {
            let external = known.home.is_some() || known.local_part.contains("#EXT#");
            if external {
                return Ok(User::clone(known));
            }
            return Err(is_there(known.id));
        }
        let (local, domain) = self.mail.rsplit_once('@').unwrap_or_default();
        if tenant.domain_index(domain).is_some() {
            return Err(match tenant.user_by_principal_name(&self.mail) {
                Some(known) => is_there(known.id),
                None => invalid("invitedUserEmailAddress", CLASS),
            });
        }
        let name = self.name.as_deref().unwrap_or(local);
        let mut user = User::new(id, &format!("{local}_{domain}#EXT#"), name, now);
        user.user_type = self.kind;
        user.mail = Mail::Other(self.mail.as_str().into());
        let kept = &mut user.profile_mut().kept;
        kept.set("creationType", "Invitation".into());
        kept.set("externalUserState", "PendingAcceptance".into());
        kept.set("externalUserStateChangeDateTime", now.to_string().into());
        kept.set("otherMails", json!([self.mail]));
        Ok(user)
    }
}

/// Somebody of one's own tenant needs no invitation.
fn is_there(id: ObjectId) -> GraphError {
    GraphError::Refused(format!(
        "The invited user already exists in the directory as object ID: {id}. They can use that account to sign in to shared apps and resources."
    ))
}

pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let invited = Invited::read(&body(graph)?)?;
    let now = graph.call.now();
    let (id, ticket) = graph
        .call
        .draw(|random| (ObjectId(random.guid()), random.guid()));
    let user = graph.write(|tenant| {
        let user = invited.user(tenant, id, now)?;
        if user.id == id {
            tenant.put_user(user.clone(), &graph.note())?;
        }
        Ok(user)
    })?;
    let tenant = graph.tenant()?;
    let state = user.profile().kept.text("externalUserState");
    let redeem = format!(
        "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3ftenant%3d{}%26user%3d{}%26ticket%3d{ticket}%26ver%3d2.0",
        tenant.id, user.id
    );
    let value = json!({
        "id": ticket.to_string(),
        "inviteRedeemUrl": redeem,
        "invitedUserDisplayName": invited.name,
        "invitedUserType": match user.user_type {
            UserType::Guest => "Guest",
            UserType::Member => "Member",
        },
        "invitedUserEmailAddress": invited.mail,
        "sendInvitationMessage": invited.sends,
        "resetRedemption": false,
        "inviteRedirectUrl": invited.back,
        "status": state.unwrap_or("Completed"),
        "invitedUserMessageInfo": {
            "messageLanguage": null,
            "customizedMessageBody": null,
            "ccRecipients": [{"emailAddress": {"name": null, "address": null}}],
        },
        "invitedUser": {"id": user.id.to_string()},
    });
    let reply = graph.document(StatusCode::CREATED, "invitations/$entity", value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}
