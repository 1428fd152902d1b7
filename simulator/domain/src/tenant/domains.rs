//! The domains of a tenant. A domain keeps its place for as long as the tenant lives, because users name their domain by it.

use std::sync::Arc;

use imbl::Vector;
use serde_json::Value;

use super::Tenant;
use super::changes::Note;
use super::error::DirectoryError;
use super::index::{Folded, compare};
use crate::directory::domain::Domain;
use crate::directory::kept::Kept;
use crate::directory::object::ObjectRef;
use crate::directory::user::{Mail, User};
use crate::id::ObjectId;

/// The property with further addresses.
const PROXIES: &str = "proxyAddresses";

/// The domains by their places, the initial one first.
#[derive(Clone, Debug, PartialEq)]
pub struct Domains {
    places: Vector<Option<Arc<Domain>>>,
    /// Where the default domain is.
    default: usize,
}

impl Domains {
    /// The initial domain alone.
    pub fn new(initial: &str) -> Self {
        let mut domain = Domain::new(initial, true);
        domain.serve(vec![
            "Email".to_owned(),
            "OfficeCommunicationsOnline".to_owned(),
        ]);
        let mut places = Vector::new();
        places.push_back(Some(Arc::new(domain)));
        Self { places, default: 0 }
    }

    /// The domains, each with its place.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Arc<Domain>)> {
        let places = self.places.iter().enumerate();
        places.filter_map(|(at, domain)| Some((at, domain.as_ref()?)))
    }

    /// The verified domains, each with its place as users name it.
    pub fn verified(&self) -> impl Iterator<Item = (u16, &Arc<Domain>)> {
        self.iter()
            .filter(|(_, domain)| domain.verified)
            .filter_map(|(at, domain)| Some((u16::try_from(at).ok()?, domain)))
    }

    /// A domain by its name, case ignored.
    pub fn get(&self, name: &str) -> Option<&Arc<Domain>> {
        self.find(name).map(|(_, domain)| domain)
    }

    /// The name at a place.
    pub fn name(&self, at: u16) -> &str {
        let domain = self.places.get(usize::from(at)).and_then(Option::as_ref);
        domain.map_or("", |domain| &domain.name)
    }

    /// The initial domain, `….onmicrosoft.com`.
    pub fn initial(&self) -> &str {
        self.name(0)
    }

    /// The domain that new users get where nobody says which.
    pub fn default(&self) -> &str {
        let domain = self.places.get(self.default).and_then(Option::as_ref);
        domain.map_or("", |domain| &domain.name)
    }

    /// The verified domain right above, or further up.
    pub fn root_of(&self, name: &str) -> Option<&Arc<Domain>> {
        let mut above = name;
        while let Some((_, rest)) = above.split_once('.') {
            let found = self.get(rest).filter(|domain| domain.is_root());
            if found.is_some() {
                return found;
            }
            above = rest;
        }
        None
    }

    fn find(&self, name: &str) -> Option<(usize, &Arc<Domain>)> {
        self.iter()
            .find(|(_, domain)| domain.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn rename_initial(&mut self, name: &str) {
        if let Some(Some(domain)) = self.places.front_mut() {
            let mut renamed = Domain::new(name, true);
            renamed.serve(domain.services.clone());
            *domain = Arc::new(renamed);
        }
    }
}

impl Tenant {
    /// Adds a domain, or changes the one with its name.
    pub fn put_domain(&mut self, domain: Domain) {
        let at = self.domains.find(&domain.name).map(|(at, _)| at);
        let domain = Some(Arc::new(domain));
        match at {
            Some(at) => {
                self.domains.places.set(at, domain);
            }
            None => self.domains.places.push_back(domain),
        }
    }

    /// Makes a verified domain the default.
    pub fn set_default_domain(&mut self, name: &str) -> bool {
        let at = self
            .domains
            .find(name)
            .filter(|(_, domain)| domain.verified);
        let at = at.map(|(at, _)| at);
        self.domains.default = at.unwrap_or(self.domains.default);
        at.is_some()
    }

    /// Takes a domain away that nothing uses.
    pub fn remove_domain(&mut self, name: &str) -> bool {
        let at = self.domains.find(name).map(|(at, _)| at);
        let at = at.filter(|at| *at != 0 && *at != self.domains.default);
        if let Some(at) = at {
            self.domains.places.set(at, None);
        }
        at.is_some()
    }

    /// The users, groups and registrations whose names are of a domain, after one of them, in the order of their ids.
    pub fn domain_references(&self, name: &str, after: Option<ObjectId>) -> Vec<ObjectId> {
        let place = self.domain_index(name);
        let is_of = |address: &str| {
            let domain = address.rsplit_once('@').map(|(_, domain)| domain);
            domain.is_some_and(|domain| domain.eq_ignore_ascii_case(name))
        };
        let proxies = |kept: &Kept| addresses(kept).iter().any(|proxy| is_of(proxy));
        let users = self.users.after(after).filter(|user| {
            // The address of a guest is its home's.
            let own = user.home.is_none();
            let other = own && matches!(&user.mail, Mail::Other(mail) if is_of(mail));
            Some(user.domain) == place || other || proxies(&user.profile().kept)
        });
        let groups = self.groups.after(after);
        let groups = groups.filter(|group| proxies(&group.kept));
        let apps = self
            .applications
            .after(after)
            .filter(|app| app.identifier_uris.iter().any(|uri| host_is(uri, name)));
        let mut ids: Vec<ObjectId> = users
            .map(|user| user.id)
            .chain(groups.map(|group| group.id))
            .chain(apps.map(|app| app.id))
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Moves everything that bears the name of a domain to the initial one (Microsoft Graph reference, `forceDelete`).
    pub fn rename_to_initial(
        &mut self,
        name: &str,
        disable: bool,
        note: &Note,
    ) -> Result<(), DirectoryError> {
        for id in self.domain_references(name, None) {
            match self.object(id) {
                Some(ObjectRef::User(user)) => {
                    let user = self.moved(user, name, disable);
                    self.put_user(user, note)?;
                }
                Some(ObjectRef::Group(group)) => {
                    let mut group = group.clone();
                    let initial = self.domains.initial().to_owned();
                    rename_proxies(&mut group.kept, name, &initial);
                    self.put_group(group, note)?;
                }
                Some(ObjectRef::Application(app)) => {
                    let mut app = app.clone();
                    app.identifier_uris.retain(|uri| !host_is(uri, name));
                    self.put_application(app, note)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A user under the initial domain; a taken name gets the beginning of the id.
    fn moved(&self, user: &User, name: &str, disable: bool) -> User {
        let mut user = user.clone();
        let initial = self.domains.initial().to_owned();
        if Some(user.domain) == self.domain_index(name) {
            user.domain = 0;
            let holder = self.users.by_local_part(&user.local_part, 0);
            if holder.is_some_and(|holder| holder.id != user.id) {
                let id = user.id.0.simple().to_string();
                let mark: String = id.chars().take(8).collect();
                user.local_part = format!("{}{mark}", user.local_part).into();
            }
        }
        if let Mail::Other(mail) = &user.mail {
            let mut addresses = vec![mail.to_string()];
            rename(&mut addresses, name, &initial);
            user.mail = Mail::Other(addresses.concat().into());
        }
        if !addresses(&user.profile().kept).is_empty() {
            rename_proxies(&mut user.profile_mut().kept, name, &initial);
        }
        user.account_enabled &= !disable;
        user
    }
}

/// `proxyAddresses`
fn addresses(kept: &Kept) -> Vec<String> {
    let all = kept.get(PROXIES).and_then(Value::as_array);
    let texts = all.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn rename_proxies(kept: &mut Kept, from: &str, to: &str) {
    let mut all = addresses(kept);
    if !all.is_empty() {
        rename(&mut all, from, to);
        kept.set(PROXIES, all.into());
    }
}

fn rename(addresses: &mut [String], from: &str, to: &str) {
    for address in addresses {
        if let Some((local, domain)) = address.rsplit_once('@')
            && compare(domain, from).is_eq()
        {
            *address = format!("{local}@{to}");
        }
    }
}

fn host_is(uri: &str, name: &str) -> bool {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
    let host = Folded::from(host);
    let suffix = format!(".{name}");
    host.0.eq_ignore_ascii_case(name) || host.0.to_lowercase().ends_with(&suffix)
}
