//! Navigations: from one object to others.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;

use super::{Row, Rows, Type};

/// A navigation property.
pub(in crate::surface::graph) struct Navigation {
    pub(in crate::surface::graph) name: &'static str,
    /// What it leads to; `DIRECTORY_OBJECT` where the types are mixed.
    pub(in crate::surface::graph) target: &'static dyn Type,
    /// Whether it leads to many.
    pub(in crate::surface::graph) many: bool,
    /// What it leads to exists only in the object; `@odata.context` then names both.
    pub(in crate::surface::graph) contained: bool,
    /// Whether its collection is cut into pages.
    pub(in crate::surface::graph) paged: bool,
    /// Whether `$expand` takes it.
    pub(in crate::surface::graph) expand: bool,
    /// The targets after the given one, in the order of their ids. A target that is not a directory object has no id, and
    /// its collection no pages.
    pub(in crate::surface::graph) from:
        for<'a> fn(&'a Tenant, Row<'a>, Option<ObjectId>) -> Rows<'a>,
    /// One target by its key, where there is a quicker way than to look at all.
    pub(in crate::surface::graph) get: Option<Find>,
}

/// Finds a target of an object by its key.
pub(in crate::surface::graph) type Find = for<'a> fn(&'a Tenant, Row<'a>, &str) -> Option<Row<'a>>;

impl Navigation {
    /// A navigation to many, which `$expand` takes.
    pub(in crate::surface::graph) const fn many(
        name: &'static str,
        target: &'static dyn Type,
        from: for<'a> fn(&'a Tenant, Row<'a>, Option<ObjectId>) -> Rows<'a>,
    ) -> Self {
        Self {
            name,
            target,
            many: true,
            contained: false,
            paged: true,
            expand: true,
            from,
            get: None,
        }
    }

    /// A navigation to one object or none.
    pub(in crate::surface::graph) const fn one(
        name: &'static str,
        target: &'static dyn Type,
        from: for<'a> fn(&'a Tenant, Row<'a>, Option<ObjectId>) -> Rows<'a>,
    ) -> Self {
        let mut navigation = Self::many(name, target, from);
        navigation.many = false;
        navigation
    }

    pub(in crate::surface::graph) const fn contained(mut self) -> Self {
        self.contained = true;
        self
    }

    /// Its collection comes whole.
    pub(in crate::surface::graph) const fn unpaged(mut self) -> Self {
        self.paged = false;
        self
    }

    /// `$expand` refuses it.
    pub(in crate::surface::graph) const fn unexpandable(mut self) -> Self {
        self.expand = false;
        self
    }

    pub(in crate::surface::graph) const fn getting(
        mut self,
        get: for<'a> fn(&'a Tenant, Row<'a>, &str) -> Option<Row<'a>>,
    ) -> Self {
        self.get = Some(get);
        self
    }

    /// The target with this key.
    pub(in crate::surface::graph) fn find<'a>(
        &self,
        tenant: &'a Tenant,
        of: Row<'a>,
        key: &str,
    ) -> Option<Row<'a>> {
        match self.get {
            Some(get) => get(tenant, of, key),
            None => {
                (self.from)(tenant, of, None).find(|row| row.key(tenant).eq_ignore_ascii_case(key))
            }
        }
    }
}
