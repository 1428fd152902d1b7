//! Which filter operators a property takes: a set of bits, written in the tables as a sum.

/// A set of operators.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) struct Operators(u16);

impl Operators {
    pub(in crate::surface::graph) const NONE: Self = Self(0);
    pub(in crate::surface::graph) const EQ: Self = Self(1);
    /// Advanced queries only, like `NOT` and `ENDS`.
    pub(in crate::surface::graph) const NE: Self = Self(1 << 1);
    pub(in crate::surface::graph) const NOT: Self = Self(1 << 2);
    /// `ge` and `le`.
    pub(in crate::surface::graph) const ORDER: Self = Self(1 << 3);
    /// `gt` and `lt`.
    pub(in crate::surface::graph) const STRICT: Self = Self(1 << 4);
    pub(in crate::surface::graph) const IN: Self = Self(1 << 5);
    pub(in crate::surface::graph) const STARTS: Self = Self(1 << 6);
    pub(in crate::surface::graph) const ENDS: Self = Self(1 << 7);
    pub(in crate::surface::graph) const CONTAINS: Self = Self(1 << 8);
    pub(in crate::surface::graph) const HAS: Self = Self(1 << 9);
    /// `eq null`, and with advanced queries `ne null`.
    pub(in crate::surface::graph) const NULL: Self = Self(1 << 10);
    /// `/$count eq 0` and `/$count ne 0`.
    pub(in crate::surface::graph) const COUNT: Self = Self(1 << 11);
    /// Even the plain ones need advanced queries.
    pub(in crate::surface::graph) const ADVANCED: Self = Self(1 << 12);

    /// `eq`, `ne`, `not`, `in`, and `eq` on null.
    pub(in crate::surface::graph) const EXACT: Self = Self::EQ
        .and(Self::NE)
        .and(Self::NOT)
        .and(Self::IN)
        .and(Self::NULL);
    /// The same and `ge`, `le`.
    pub(in crate::surface::graph) const ORDERED: Self = Self::EXACT.and(Self::ORDER);
    /// The same and `startsWith`.
    pub(in crate::surface::graph) const TEXT: Self = Self::ORDERED.and(Self::STARTS);
    /// The same and `endsWith`.
    pub(in crate::surface::graph) const TEXT_WITH_END: Self = Self::TEXT.and(Self::ENDS);

    pub(in crate::surface::graph) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::surface::graph) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The combinations that most properties have, by name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Filterable {
    /// `eq`, `in`; `ne` and `not` with advanced queries.
    Exact,
    /// The same and `startsWith`, `ge`, `le`.
    Text,
    /// The same and, with advanced queries, `endsWith`.
    TextWithEnd,
    /// `eq`, `in`, `ge`, `le`.
    Date,
    /// Everything that texts allow, with advanced queries only.
    Advanced,
}

impl Filterable {
    pub(in crate::surface::graph) const fn operators(self) -> Operators {
        match self {
            Self::Exact => Operators::EXACT,
            Self::Text => Operators::TEXT,
            Self::TextWithEnd => Operators::TEXT_WITH_END,
            Self::Date => Operators::ORDERED,
            Self::Advanced => Operators::TEXT.and(Operators::ADVANCED),
        }
    }
}
