//! Groups whose members follow from a rule. Nothing of that is stored: whoever fits is a member, at once and in every fork.

use super::Tenant;
use super::look_up::Indexed;
use crate::directory::group::Group;
use crate::directory::membership_rule::{Kind, MembershipRule, Names};
use crate::directory::object::{Class, ObjectRef};
use crate::directory::user::User;
use crate::id::ObjectId;

impl Tenant {
    /// The dynamic groups that an object fits.
    pub(crate) fn dynamic_groups_of(&self, principal: ObjectId) -> impl Iterator<Item = ObjectId> {
        let object = match self.object(principal) {
            Some(object @ (ObjectRef::User(_) | ObjectRef::Device(_))) => Some(object),
            _ => None,
        };
        let groups = self.groups.index().dynamic.iter();
        groups.copied().filter(move |id| {
            let rule = self
                .groups
                .get(id)
                .and_then(|group| group.membership_rule.as_deref());
            object
                .zip(rule)
                .is_some_and(|(object, rule)| self.fits(rule, object))
        })
    }

    /// The members of a dynamic group after `after`, in the order of their ids.
    pub(crate) fn fitting<'a>(
        &'a self,
        group: &'a Group,
        after: Option<ObjectId>,
    ) -> Box<dyn Iterator<Item = ObjectId> + 'a> {
        let Some(rule) = group
            .membership_rule
            .as_deref()
            .filter(|rule| rule.processing)
        else {
            return Box::new(core::iter::empty());
        };
        if rule.kind() == Kind::Device {
            let devices = self.devices.after(after);
            let fitting = devices.filter(|device| rule.fits_device(device));
            return Box::new(fitting.map(|device| device.id));
        }
        let indexed = rule.single_value().and_then(|(property, value)| {
            let property = match property {
                "department" => Indexed::Department,
                "jobtitle" => Indexed::JobTitle,
                "givenname" => Indexed::GivenName,
                "surname" => Indexed::Surname,
                "displayname" => Indexed::DisplayName,
                _ => return None,
            };
            self.equal(Class::User, property, value, after)
        });
        if let Some(ids) = indexed {
            ids
        } else {
            let users = self.users.after(after);
            let fitting = users.filter(|user| self.fits_user(rule, user));
            Box::new(fitting.map(|user| user.id))
        }
    }

    fn fits(&self, rule: &MembershipRule, object: ObjectRef<'_>) -> bool {
        match object {
            ObjectRef::User(user) => self.fits_user(rule, user),
            ObjectRef::Device(device) => rule.fits_device(device),
            _ => false,
        }
    }

    fn fits_user(&self, rule: &MembershipRule, user: &User) -> bool {
        let principal_name = self.principal_name(user);
        let mail = self.mail(user);
        let names = Names {
            principal_name: &principal_name,
            mail: mail.as_deref(),
        };
        rule.fits_user(user, &names)
    }
}
