//! The users of a tenant and the indexes over them. Names are compared without regard to case.

use core::cmp::Ordering;
use core::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::bulk::{dense, sort_by_text};
use super::index::{Folded, TextIndex, ValueIndex, above, starts_with};
use crate::credential::method::MethodKind;
use crate::directory::user::{Mail, User, UserType};
use crate::id::ObjectId;

/// The table and its indexes.
#[derive(Clone, Debug, Default)]
pub struct Users {
    table: OrdMap<ObjectId, Arc<User>>,
    names: OrdMap<PrincipalName, ObjectId>,
    home_names: OrdMap<Folded, ObjectId>,
    /// The holders of passkeys that can be shown, by credential id.
    passkeys: OrdMap<Arc<[u8]>, ObjectId>,
    index: UserIndex,
}

/// The indexes beside the names.
#[derive(Clone, Debug, Default)]
pub struct UserIndex {
    pub display_names: TextIndex,
    /// Addresses that are not the principal name.
    pub mails: TextIndex,
    /// Aliases that are not the local part of the principal name.
    pub mail_nicknames: TextIndex,
    pub employee_ids: TextIndex,
    pub immutable_ids: TextIndex,
    pub given_names: ValueIndex,
    pub surnames: ValueIndex,
    pub departments: ValueIndex,
    pub job_titles: ValueIndex,
    pub disabled: OrdSet<ObjectId>,
    pub guests: OrdSet<ObjectId>,
    /// Users with licences of their own.
    pub licensed: OrdSet<ObjectId>,
}

/// A principal name in the order of its text: the local part is compared as if `@` ended it.
#[derive(Clone, Debug)]
struct PrincipalName {
    local: Arc<str>,
    domain: u16,
}

impl Ord for PrincipalName {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&*self.local, &*other.local);
        let texts = if a.is_ascii() && b.is_ascii() {
            ascii(a).cmp(ascii(b))
        } else {
            folded(a).cmp(folded(b))
        };
        texts.then(self.domain.cmp(&other.domain))
    }
}

fn ascii(text: &str) -> impl Iterator<Item = u8> {
    let bytes = text.as_bytes().iter();
    bytes.map(u8::to_ascii_lowercase).chain([b'@'])
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).chain(['@'])
}

impl PartialOrd for PrincipalName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PrincipalName {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PrincipalName {}

fn name_of(user: &User) -> PrincipalName {
    PrincipalName {
        local: Arc::clone(&user.local_part),
        domain: user.domain,
    }
}

impl Users {
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn get(&self, id: ObjectId) -> Option<&Arc<User>> {
        self.table.get(&id)
    }

    pub fn by_local_part(&self, local: &str, domain: u16) -> Option<&Arc<User>> {
        let key = PrincipalName {
            local: local.into(),
            domain,
        };
        self.table.get(self.names.get(&key)?)
    }

    pub fn by_home_name(&self, name: &str) -> Option<&Arc<User>> {
        self.table.get(self.home_names.get(&Folded::from(name))?)
    }

    /// The users whom a later state does not share: each as they were and as they are.
    pub(crate) fn changed<'u>(
        &'u self,
        later: &'u Self,
    ) -> impl Iterator<Item = (Option<&'u Arc<User>>, Option<&'u Arc<User>>)> {
        crate::audit::changed(&self.table, &later.table)
    }

    /// The holder of a passkey, by its credential id.
    pub fn by_passkey(&self, credential_id: &[u8]) -> Option<&Arc<User>> {
        self.table.get(self.passkeys.get(credential_id)?)
    }

    pub fn index(&self) -> &UserIndex {
        &self.index
    }

    /// All users in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<User>> {
        self.table.values()
    }

    /// The users after `last`, in the order of their ids: a page costs its page.
    pub fn after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &Arc<User>> {
        self.table.range(above(last)).map(|(_, user)| user)
    }

    /// The users after `last` up to and with `end`: a part of the table for one of several readers.
    pub fn between(
        &self,
        last: Option<ObjectId>,
        end: ObjectId,
    ) -> impl Iterator<Item = &Arc<User>> {
        let low = last.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.table.range((low, Bound::Included(end)));
        rows.map(|(_, user)| user)
    }

    /// The users whose local part starts so, in the order of the names.
    pub fn by_local_prefix<'a>(
        &'a self,
        prefix: &str,
    ) -> impl Iterator<Item = &'a Arc<User>> + use<'a> {
        let low = PrincipalName {
            local: prefix.into(),
            domain: 0,
        };
        let prefix = prefix.to_owned();
        // A name that continues the prefix with a character below `@` comes before the prefix itself.
        let before = self
            .names
            .range((Bound::Unbounded, Bound::Excluded(low.clone())))
            .rev();
        let continued = prefix.clone();
        let mut before: Vec<&ObjectId> = before
            .take_while(move |(name, _)| starts_with(&name.local, &continued))
            .map(|(_, id)| id)
            .collect();
        before.reverse();
        let from = self
            .names
            .range((Bound::Included(low), Bound::Unbounded))
            .take_while(move |(name, _)| starts_with(&name.local, &prefix))
            .map(|(_, id)| id);
        before
            .into_iter()
            .chain(from)
            .filter_map(|id| self.table.get(id))
    }

    /// Every user in the order of the principal names, after the name of one.
    pub fn by_name<'a>(
        &'a self,
        after: Option<&User>,
    ) -> impl DoubleEndedIterator<Item = ObjectId> + use<'a> {
        let last = after.map(name_of);
        self.names.range(above(last)).map(|(_, id)| *id)
    }

    /// Adds a user, or replaces the one with the same id. The change log is not told: what a sign-in leaves behind is no
    /// change of the directory. `Tenant::put_user` is for those.
    pub fn put(&mut self, user: User) {
        self.put_shared(Arc::new(user));
    }

    pub(crate) fn put_shared(&mut self, user: Arc<User>) -> Option<Arc<User>> {
        let before = self.table.insert(user.id, Arc::clone(&user));
        if let Some(before) = &before {
            if has_same_keys(before, &user) {
                return Some(Arc::clone(before));
            }
            self.leave(before);
        }
        self.enter(&user);
        before
    }

    pub(crate) fn remove(&mut self, id: ObjectId) -> Option<Arc<User>> {
        let user = self.table.remove(&id)?;
        self.leave(&user);
        Some(user)
    }

    /// Puts many users into an empty directory, or one where few are. They come in the order of their ids, each name and
    /// each id once; then the result is that of adding them one by one, in a fraction of the time.
    pub(crate) fn fill(&mut self, users: Vec<Arc<User>>) {
        let known: Vec<Arc<User>> = self.table.values().cloned().collect();
        let all = || known.iter().chain(&users);
        let Self {
            table,
            names,
            home_names,
            // Made up passkeys have no key.
            passkeys: _,
            index,
        } = self;
        std::thread::scope(|scope| {
            scope.spawn(|| *index = UserIndex::of(all));
            let rows = users.iter().map(|user| (name_of(user), user.id)).collect();
            let rows = sort_by_text(rows, |row: &(PrincipalName, _)| &row.0.local, "@", Ord::cmp);
            dense(rows, |(name, id)| {
                names.insert(name, id);
            });
            dense(users.iter().collect(), |user| {
                table.insert(user.id, Arc::clone(user));
            });
            for user in &users {
                if let Some(home) = &user.home {
                    let name = Folded::from(home.principal_name.as_str());
                    home_names.insert(name, user.id);
                }
            }
        });
    }

    fn enter(&mut self, user: &User) {
        self.names.insert(name_of(user), user.id);
        if let Some(home) = &user.home {
            let name = Folded::from(home.principal_name.as_str());
            self.home_names.insert(name, user.id);
        }
        for id in shown_passkeys(user) {
            self.passkeys.insert(Arc::clone(id), user.id);
        }
        self.index.enter(user);
    }

    fn leave(&mut self, user: &User) {
        self.names.remove(&name_of(user));
        if let Some(home) = &user.home {
            self.home_names
                .remove(&Folded::from(home.principal_name.as_str()));
        }
        for id in shown_passkeys(user) {
            self.passkeys.remove(id);
        }
        self.index.leave(user);
    }
}

/// The credential ids of the passkeys that can be shown.
fn shown_passkeys(user: &User) -> impl Iterator<Item = &Arc<[u8]>> {
    user.methods.iter().filter_map(|method| match &method.kind {
        MethodKind::Passkey(key) if key.key.is_some() => Some(&key.credential_id),
        _ => None,
    })
}

/// The keys of a user in the indexes over texts that are mostly different, and in those over texts that many share.
type Keys<'a> = ([Option<&'a Arc<str>>; 5], [Option<&'a Arc<str>>; 4]);

fn keys(user: &User) -> Keys<'_> {
    let profile = user.profile();
    let mail = match &user.mail {
        Mail::Other(address) => Some(address),
        Mail::None | Mail::PrincipalName => None,
    };
    (
        [
            Some(&user.display_name),
            mail,
            profile.mail_nickname.as_ref(),
            profile.employee_id.as_ref(),
            profile.immutable_id.as_ref(),
        ],
        [
            user.given_name.as_ref(),
            user.surname.as_ref(),
            user.department.as_ref(),
            user.job_title.as_ref(),
        ],
    )
}

fn has_same_keys(one: &User, two: &User) -> bool {
    keys(one) == keys(two)
        && one.local_part == two.local_part
        && one.domain == two.domain
        && one.home == two.home
        && one.account_enabled == two.account_enabled
        && one.user_type == two.user_type
        && shown_passkeys(one).eq(shown_passkeys(two))
        && one.profile().licences.is_empty() == two.profile().licences.is_empty()
}

impl UserIndex {
    /// The indexes over many users, made at once.
    fn of<'a, I: Iterator<Item = &'a Arc<User>>>(users: impl Fn() -> I) -> Self {
        let mut index = Self::default();
        let (text_indexes, value_indexes) = index.parts();
        for (at, text_index) in text_indexes.into_iter().enumerate() {
            let rows = users().filter_map(|user| Some((Arc::clone(keys(user).0[at]?), user.id)));
            *text_index = rows.collect();
        }
        for (at, value_index) in value_indexes.into_iter().enumerate() {
            let rows = users().filter_map(|user| Some((Arc::clone(keys(user).1[at]?), user.id)));
            *value_index = rows.collect();
        }
        let disabled = users().filter(|user| !user.account_enabled);
        index.disabled = disabled.map(|user| user.id).collect();
        let guests = users().filter(|user| user.user_type == UserType::Guest);
        index.guests = guests.map(|user| user.id).collect();
        let licensed = users().filter(|user| !user.profile().licences.is_empty());
        index.licensed = licensed.map(|user| user.id).collect();
        index
    }

    fn parts(&mut self) -> ([&mut TextIndex; 5], [&mut ValueIndex; 4]) {
        (
            [
                &mut self.display_names,
                &mut self.mails,
                &mut self.mail_nicknames,
                &mut self.employee_ids,
                &mut self.immutable_ids,
            ],
            [
                &mut self.given_names,
                &mut self.surnames,
                &mut self.departments,
                &mut self.job_titles,
            ],
        )
    }

    fn enter(&mut self, user: &User) {
        let (texts, values) = keys(user);
        let (text_indexes, value_indexes) = self.parts();
        for (index, text) in text_indexes.into_iter().zip(texts) {
            if let Some(text) = text {
                index.insert(text, user.id);
            }
        }
        for (index, text) in value_indexes.into_iter().zip(values) {
            if let Some(text) = text {
                index.insert(text, user.id);
            }
        }
        if !user.account_enabled {
            self.disabled.insert(user.id);
        }
        if user.user_type == UserType::Guest {
            self.guests.insert(user.id);
        }
        if !user.profile().licences.is_empty() {
            self.licensed.insert(user.id);
        }
    }

    fn leave(&mut self, user: &User) {
        let (texts, values) = keys(user);
        let (text_indexes, value_indexes) = self.parts();
        for (index, text) in text_indexes.into_iter().zip(texts) {
            if let Some(text) = text {
                index.remove(text, user.id);
            }
        }
        for (index, text) in value_indexes.into_iter().zip(values) {
            if let Some(text) = text {
                index.remove(text, user.id);
            }
        }
        self.disabled.remove(&user.id);
        self.guests.remove(&user.id);
        self.licensed.remove(&user.id);
    }
}
