//! Consent: what an app asks for beyond what it holds, who may give it, and giving it.

use entrasim_domain::audit::Occasion;
use entrasim_domain::catalogue;
use entrasim_domain::directory::permission_grant::DelegatedGrant;
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::directory::user::User;
use entrasim_domain::id::{AppId, ObjectId, RoleTemplateId};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::Note;

use super::client::{Client, Credentials};
use super::error::StsError;
use super::interaction::{Interaction, Stop};
use super::page;
use super::scope::Asked;
use super::sign_in_request::{Prompt, SignInRequest};
use crate::call::Call;
use crate::directory_ids::grant_id;
use crate::issue::resource::{Kind, Resource};
use crate::wire::{Form, Reply};

/// What the consent page lists.
pub(super) struct Offer {
    pub scopes: Vec<OfferedScope>,
    /// The person may consent for everybody.
    pub for_everybody: bool,
    /// By resource: what accepting grants.
    grants: Vec<(AppId, Vec<String>)>,
}

pub(super) struct OfferedScope {
    pub name: String,
    pub description: String,
}

/// Roles that may consent for the organization (MicrosoftDocs/entra-docs grant-admin-consent.md).
const CONSENTING_ROLES: [RoleTemplateId; 4] = [
    RoleTemplateId::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10), // Global Administrator
    RoleTemplateId::from_u128(0xe861_1ab8_c189_46e8_94e1_6021_3ab1_f814), // Privileged Role Administrator
    RoleTemplateId::from_u128(0x158c_047a_c907_4556_b7ef_4465_51a6_b5f7), // Cloud Application Administrator
    RoleTemplateId::from_u128(0x9b89_5d92_2cd3_44c7_9d02_a6ac_2d5e_a5c3), // Application Administrator
];

pub(super) fn may_consent_for_everybody(tenant: &Tenant, user: &User) -> bool {
    tenant
        .roles_of(user.id)
        .iter()
        .any(|role| CONSENTING_ROLES.contains(role))
}

impl Offer {
    /// What accepting would grant. An app that wants what only an administrator may grant is refused (AADSTS90094).
    pub(super) fn of(
        tenant: &Tenant,
        client: &Client<'_>,
        user: &User,
        asked: &Asked<'_>,
    ) -> Result<Self, StsError> {
        let grants = wanted(tenant, client, asked);
        let administrator = may_consent_for_everybody(tenant, user);
        let mut scopes = Vec::new();
        for (resource, names) in &grants {
            let Some(resource) = Resource::find(tenant, &resource.to_string(), "") else {
                continue;
            };
            for name in names {
                let (description, admin_only) = about(&resource, name);
                if admin_only && !administrator {
                    return Err(StsError::new(90_094)
                        .with("app", client.app_id())
                        .with("name", client.display_name()));
                }
                scopes.push(OfferedScope {
                    name: name.clone(),
                    description,
                });
            }
        }
        Ok(Self {
            scopes,
            for_everybody: administrator,
            grants,
        })
    }
}

/// The permissions that a sign-in needs: those named, or for `.default` those that the registration lists.
fn wanted(tenant: &Tenant, client: &Client<'_>, asked: &Asked<'_>) -> Vec<(AppId, Vec<String>)> {
    let mut named: Vec<String> = asked
        .permissions
        .iter()
        .filter(|name| *name != ".default")
        .cloned()
        .collect();
    let reserved: Vec<String> = asked
        .reserved
        .iter()
        .map(|word| (*word).to_owned())
        .collect();
    // The scopes of OpenID Connect are Graph's, whatever else is asked for.
    let mut grants = if asked.resource.is_graph() {
        named.extend(reserved);
        vec![(asked.resource.app_id, named)]
    } else {
        vec![(asked.resource.app_id, named), (catalogue::GRAPH, reserved)]
    };
    if asked.permissions.iter().any(|name| name == ".default")
        && let Some(app) = client.registration()
    {
        for access in &app.required_resource_access {
            let Some(resource) = Resource::find(tenant, &access.resource.to_string(), "") else {
                continue;
            };
            let names = access
                .scopes
                .iter()
                .filter_map(|id| resource.scope_by_id(*id))
                .collect();
            grants.push((access.resource, names));
        }
    }
    grants.retain(|(_, names)| !names.is_empty());
    grants
}

/// What a permission of Microsoft Graph means, from its name: `Mail.ReadWrite.Shared` is made of what, how and whose.
fn permission_words(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "openid" => return "Sign you in".to_owned(),
        "profile" => return "See your name and user name".to_owned(),
        "email" => return "See your email address".to_owned(),
        "offline_access" => return "Go on when you are away".to_owned(),
        "user.read" => return "Read your own account".to_owned(),
        _ => {}
    }
    let mut parts = name.split('.');
    let (what, how, whose) = (parts.next(), parts.next(), parts.next());
    let what = spaced(what.unwrap_or_default()).to_lowercase();
    let how = how.map_or_else(|| "Use".to_owned(), spaced);
    let whose = match whose {
        Some("All") => " of everybody",
        Some("Shared") => ", also what others share",
        _ => "",
    };
    format!("{how}: {what}{whose}")
}

/// `ReadWrite` becomes `Read write`.
fn spaced(word: &str) -> String {
    let mut text = String::new();
    for (at, letter) in word.char_indices() {
        let begins = letter.is_uppercase() && at > 0;
        if begins && text.ends_with(char::is_lowercase) {
            text.push(' ');
            text.extend(letter.to_lowercase());
        } else {
            text.push(letter);
        }
    }
    text
}

/// What a permission allows, in words, and whether only an administrator may grant it.
fn about(resource: &Resource<'_>, name: &str) -> (String, bool) {
    match resource.kind {
        Kind::FirstParty(app) if app.graph => {
            let known = catalogue::graph_permissions()
                .values()
                .find(|permission| permission.name.eq_ignore_ascii_case(name));
            (
                permission_words(name),
                known.is_some_and(|permission| permission.admin),
            )
        }
        Kind::FirstParty(app) => (format!("Use {name} of {}", app.name), false),
        Kind::Tenant(app) => app
            .scopes
            .iter()
            .find(|scope| scope.value.eq_ignore_ascii_case(name))
            .map_or((format!("Use {name}"), false), |scope| {
                (scope.admin_consent_display_name.clone(), scope.admin_only)
            }),
    }
}

/// The `adminconsent` endpoint, and `prompt=admin_consent` on `authorize`.
pub(super) fn is_for_everybody(request: &SignInRequest) -> bool {
    request.admin_consent || request.prompt == Prompt::AdminConsent
}

/// The page that asks, if anybody has to be asked.
pub(super) fn step(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    client: &Client<'_>,
    user: &User,
    asked: &Asked<'_>,
) -> Result<Option<Reply>, Stop> {
    let request = &interaction.request;
    let consented = interaction.progress.consented;
    if request.admin_consent && consented {
        return Ok(None);
    }
    let for_everybody =
        is_for_everybody(request) && (request.admin_consent || !client.is_settled());
    if for_everybody && !consented && !may_consent_for_everybody(tenant, user) {
        return Err(Stop::Page(
            StsError::new(90_094)
                .with("app", client.app_id())
                .with("name", client.display_name()),
        ));
    }
    let wanted = for_everybody || request.prompt == Prompt::Consent && !client.is_settled();
    if consented || !wanted && client.is_settled() {
        asked.granted(tenant, client, user)?;
        return Ok(None);
    }
    match asked.granted(tenant, client, user) {
        Ok(_) if !wanted => Ok(None),
        Err(error) if error.number() != 65_001 => Err(error.into()),
        Err(error) if request.prompt == Prompt::None => Err(Stop::App(error)),
        Ok(_) | Err(_) => {
            let offer = Offer::of(tenant, client, user, asked)?;
            Ok(Some(page::consent::show(interaction, client, &offer)))
        }
    }
}

/// `POST /common/Consent/Set`
pub(super) fn answer(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let mut interaction = match Interaction::resume(call, &form) {
        Ok(interaction) => interaction,
        Err(error) => return page::error::show(call, &error),
    };
    if form.get("acceptConsent") != Some("true") {
        if interaction.request.admin_consent {
            return super::admin_consent::denied(call, &interaction.request);
        }
        return interaction.cancelled();
    }
    let everybody = is_for_everybody(&interaction.request)
        || form.get("consentOnBehalfOfOrganization") == Some("true");
    match accept(&interaction, everybody) {
        Ok(()) => {
            interaction.progress.consented = true;
            interaction.advance()
        }
        Err(error) => interaction.stopped(Stop::Page(error)),
    }
}

fn accept(interaction: &Interaction<'_>, everybody: bool) -> Result<(), StsError> {
    if interaction.progress.authentication().is_none() {
        return Err(StsError::new(50_058));
    }
    let call = interaction.call;
    let tenant = interaction.tenant()?;
    let user = interaction.user(&tenant)?;
    let client = Client::find(
        call,
        &tenant,
        &Credentials::public(&interaction.request.client),
    )?;
    let asked = interaction.asked(&tenant, &client)?;
    let offer = Offer::of(&tenant, &client, &user, &asked)?;
    let principal = (!(everybody && offer.for_everybody)).then_some(user.id);
    let occasion = Occasion {
        consent: true,
        ..call.occasion(Some(user.id))
    };
    install(call, &occasion, &tenant, &client);
    let tenant = interaction.tenant()?;
    // A single permission is not everything that the registration lists.
    if is_for_everybody(&interaction.request) && asked.wants_everything() {
        super::admin_consent::grant_roles(call, &occasion, &tenant, &client);
    }
    for (resource, scopes) in &offer.grants {
        let between = (client.app_id(), *resource);
        grant(call, &occasion, &tenant, between, principal, scopes);
    }
    Ok(())
}

/// An app from elsewhere gets its service principal here.
fn install(call: &Call<'_>, occasion: &Occasion, tenant: &Tenant, client: &Client<'_>) {
    let Client::Elsewhere(app, home) = client else {
        return;
    };
    if tenant.service_principal(app.app_id).is_some() {
        return;
    }
    let principal = ServicePrincipal::new(
        ObjectId(call.draw(Random::guid)),
        app.app_id,
        app.display_name.clone(),
        *home,
        call.now(),
    );
    let note = Note::by_service(call.now());
    // A second one for the same app cannot be: it was looked for above.
    call.change_on(occasion, |tenant| {
        let _ = tenant.put_service_principal(principal, &note);
    });
}

/// Adds scopes to the grant of a client, a resource and a user (or everybody).
fn grant(
    call: &Call<'_>,
    occasion: &Occasion,
    tenant: &Tenant,
    (client, resource): (AppId, AppId),
    principal: Option<ObjectId>,
    scopes: &[String],
) {
    let service_principal = |app| tenant.service_principal(app).map(|known| known.id);
    let (Some(client), Some(resource)) = (service_principal(client), service_principal(resource))
    else {
        return;
    };
    let note = Note::by_service(call.now());
    call.change_on(occasion, |tenant| {
        let known = tenant.delegated_grants.between(client, resource, principal);
        let mut held = known.map_or_else(
            || {
                let id = grant_id(client, resource, principal);
                DelegatedGrant::new(id, client, resource, principal, Vec::new())
            },
            |held| DelegatedGrant::clone(held),
        );
        for scope in scopes {
            if !held
                .scopes
                .iter()
                .any(|known| known.eq_ignore_ascii_case(scope))
            {
                held.scopes.push(scope.clone());
            }
        }
        // The only grant between the three: it was looked for above.
        let _ = tenant.put_grant(held, &note);
    });
}
