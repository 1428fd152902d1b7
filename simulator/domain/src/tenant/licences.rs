//! Who holds which licences: users their own, and members those of their groups. What groups give is not stored but follows
//! from membership, at once and in every fork; nested groups give nothing (Microsoft Learn, "What is group-based
//! licensing?").

use std::collections::{BTreeMap, BTreeSet};

use super::Tenant;
use crate::catalogue::product::{self, Product};
use crate::directory::licence::{Licence, LicenceError};
use crate::directory::user::User;
use crate::id::{ObjectId, PlanId, SkuId};

/// A licence that a user holds.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    pub licence: &'a Licence,
    /// The group that gives it; the user's own otherwise.
    pub group: Option<ObjectId>,
}

impl Tenant {
    /// The licences that a user holds, its own first; one product may come from several sides.
    pub fn licences_of<'a>(&'a self, user: &'a User) -> Vec<Held<'a>> {
        let own = user.profile().licences.iter();
        let own = own.map(|licence| Held {
            licence,
            group: None,
        });
        let mut held: Vec<Held<'a>> = own.collect();
        // Few groups give licences, and most tenants have none that does.
        if self.groups.index().licensed.is_empty() {
            return held;
        }
        for group in self.direct_groups_of(user.id) {
            let licences = self.groups.get(&group).map(|group| group.licences.iter());
            held.extend(licences.into_iter().flatten().map(|licence| Held {
                licence,
                group: Some(group),
            }));
        }
        held
    }

    /// The products that a user holds, each with the plans that nobody who gives it leaves on.
    pub fn products_of(&self, user: &User) -> BTreeMap<SkuId, Licence> {
        let mut products: BTreeMap<SkuId, Licence> = BTreeMap::new();
        for held in self.licences_of(user) {
            let licence = held.licence;
            match products.get_mut(&licence.sku) {
                Some(known) => {
                    let disabled = &licence.disabled_plans;
                    known.disabled_plans.retain(|plan| disabled.contains(plan));
                    known.assigned = known.assigned.min(licence.assigned);
                }
                None => {
                    products.insert(licence.sku, licence.clone());
                }
            }
        }
        products
    }

    /// How many users hold a product (`consumedUnits`).
    pub fn consumed(&self, sku: SkuId) -> usize {
        let has = |licences: &[Licence]| licences.iter().any(|licence| licence.sku == sku);
        let own = self.users.index().licensed.iter().copied();
        let mut holders: BTreeSet<ObjectId> = own
            .filter(|id| {
                let user = self.users.get(*id);
                user.is_some_and(|user| has(&user.profile().licences))
            })
            .collect();
        for id in &self.groups.index().licensed {
            if self
                .groups
                .get(id)
                .is_some_and(|group| has(&group.licences))
            {
                let members = self.members_of(*id, None);
                holders.extend(members.filter(|member| self.users.get(*member).is_some()));
            }
        }
        holders.len()
    }

    /// What a user's or group's own licences become: some are taken away, others added, or given other plans.
    pub fn changed_licences(
        &self,
        before: &[Licence],
        add: Vec<Licence>,
        remove: &[SkuId],
    ) -> Result<Vec<Licence>, LicenceError> {
        let mut licences = before.to_vec();
        for sku in remove {
            let at = licences.iter().position(|licence| licence.sku == *sku);
            licences.remove(at.ok_or(LicenceError::NotHeld(*sku))?);
        }
        for licence in add {
            let product = self.owned(licence.sku)?;
            let is_known = |plan: &PlanId| product.plans.iter().any(|known| known.id == *plan);
            let mut disabled = licence.disabled_plans.iter();
            if let Some(plan) = disabled.find(|plan| !is_known(plan)) {
                return Err(LicenceError::Plan(*plan));
            }
            let known = licences.iter_mut().find(|known| known.sku == licence.sku);
            match known {
                Some(known) => known.disabled_plans = licence.disabled_plans,
                None => licences.push(licence),
            }
        }
        Ok(licences)
    }

    /// Whether the tenant owns Microsoft Entra ID P1 or P2, alone or in a bundle: reports and logs ask for it.
    pub fn is_premium(&self) -> bool {
        let mut owned = self
            .subscribed_skus
            .iter()
            .filter(|(_, sku)| sku.enabled > 0);
        owned.any(|(id, _)| {
            let plans = product::product(*id)
                .into_iter()
                .flat_map(|known| &known.plans);
            let mut names = plans.map(|plan| plan.name.as_str());
            names.any(|name| matches!(name, "AAD_PREMIUM" | "AAD_PREMIUM_P2"))
        })
    }

    /// Whether one more user can hold a product.
    pub fn has_seat(&self, sku: SkuId) -> bool {
        let owned = self.subscribed_skus.get(&sku).map_or(0, |sku| sku.enabled);
        u32::try_from(self.consumed(sku)).is_ok_and(|consumed| consumed < owned)
    }

    fn owned(&self, sku: SkuId) -> Result<&'static Product, LicenceError> {
        let owned = self.subscribed_skus.get(&sku);
        let product = owned.and_then(|_| product::product(sku));
        product.ok_or(LicenceError::NotOwned(sku))
    }
}
