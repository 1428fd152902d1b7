//! Products that can be licensed, and their service plans.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{guid, parse};
use crate::id::{PlanId, SkuId};

/// A product (`subscribedSku`, without how many of it are owned).
#[derive(Clone, Debug)]
pub struct Product {
    pub sku: SkuId,
    /// `skuPartNumber`
    pub name: String,
    pub plans: Vec<&'static Plan>,
    /// How many licences the seeded tenant owns.
    pub seeded: Option<u32>,
}

/// A service plan (`servicePlanInfo`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    #[serde(deserialize_with = "guid")]
    pub id: PlanId,
    /// `servicePlanName`
    pub name: String,
    /// The workload, as `assignedPlan` names it.
    pub service: String,
    /// It is for the company as a whole (`appliesTo`), not for users.
    #[serde(default)]
    pub company: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(deserialize_with = "guid")]
    id: SkuId,
    name: String,
    plans: Vec<String>,
    seeded: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    plan: Vec<Plan>,
    product: Vec<Row>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| parse(include_str!("../../data/products.toml")));

static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
    let named = |name: &String| TABLE.plan.iter().find(|plan| plan.name == *name);
    let rows = TABLE.product.iter();
    rows.map(|row| Product {
        sku: row.id,
        name: row.name.clone(),
        plans: row.plans.iter().filter_map(named).collect(),
        seeded: row.seeded,
    })
    .collect()
});

/// All products that are known.
pub fn products() -> &'static [Product] {
    &PRODUCTS
}

/// The product with this id.
pub fn product(sku: SkuId) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_that_a_product_names_is_in_the_table() {
        for (row, product) in TABLE.product.iter().zip(products()) {
            assert_eq!(row.plans.len(), product.plans.len(), "{}", product.name);
        }
    }
}
