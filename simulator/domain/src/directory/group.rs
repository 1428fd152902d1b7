//! Groups. Their members and owners are links (`tenant/relations.rs`); those of a dynamic group follow from its rule.

use std::sync::Arc;

use super::kept::Kept;
use super::licence::Licence;
use super::membership_rule::MembershipRule;
use crate::id::ObjectId;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: ObjectId,
    pub display_name: String,
    pub description: Option<String>,
    pub mail_nickname: String,
    pub created: Timestamp,
    /// `renewedDateTime`
    pub renewed: Timestamp,
    pub kind: GroupKind,
    pub mail_enabled: bool,
    pub security_enabled: bool,
    /// `isAssignableToRole`; cannot be changed later.
    pub assignable_to_role: bool,
    /// Who the members are, if nobody adds them by hand.
    pub membership_rule: Option<Arc<MembershipRule>>,
    pub licences: Vec<Licence>,
    /// `uniqueName`, the key for creating where it is missing.
    pub unique_name: Option<String>,
    /// What nothing here acts on.
    pub kept: Kept,
}

/// What `groupTypes` says, apart from how members come in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum GroupKind {
    /// A security group, or a distribution list.
    #[default]
    Plain,
    /// A Microsoft 365 group.
    Unified,
}

impl Group {
    /// A security group with assigned members.
    pub fn new(
        id: ObjectId,
        display_name: String,
        mail_nickname: String,
        created: Timestamp,
    ) -> Self {
        Self {
            id,
            display_name,
            description: None,
            mail_nickname,
            created,
            renewed: created,
            kind: GroupKind::Plain,
            mail_enabled: false,
            security_enabled: true,
            assignable_to_role: false,
            membership_rule: None,
            licences: Vec::new(),
            unique_name: None,
            kept: Kept::default(),
        }
    }

    /// `groupTypes`
    pub fn types(&self) -> Vec<&'static str> {
        let dynamic = self
            .membership_rule
            .is_some()
            .then_some("DynamicMembership");
        let unified = (self.kind == GroupKind::Unified).then_some("Unified");
        dynamic.into_iter().chain(unified).collect()
    }

    /// The address of a group that takes mail: its alias in the initial domain.
    pub fn mail(&self, initial_domain: &str) -> Option<String> {
        self.mail_enabled
            .then(|| format!("{}@{initial_domain}", self.mail_nickname))
    }

    /// The members follow from a rule; nobody adds them.
    pub fn is_dynamic(&self) -> bool {
        self.membership_rule.is_some()
    }
}
