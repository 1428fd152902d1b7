//! A story in a tenant that is not what its file says: changed before each step, and back again for what was refused.

use std::io;

use serde_json::{Value, json};

use super::{BEGINNING, Play, change_tenant};
use crate::language::Placed;
use crate::language::model::TenantChange;
use crate::language::parse::instant;
use crate::language::read::Telling;
use crate::runner::StepResult;
use crate::runner::logs;
use crate::runner::what_if::Change;

/// What a change has to give back.
pub(super) struct Original {
    enforcement: Value,
    security_defaults: Value,
    /// The id of the policy that was put in.
    policy: Option<String>,
}

/// An instant before the first step.
pub(super) fn begin(telling: &Telling) -> String {
    let steps = telling
        .steps
        .iter()
        .filter_map(|placed| placed.step.value.at.as_ref());
    let all = steps.map(|at| at.value.as_str()).chain([BEGINNING]);
    all.min_by_key(|at| instant(at))
        .unwrap_or(BEGINNING)
        .to_owned()
}

impl Play<'_> {
    /// Makes the tenant another; what a policy is about goes by way of Graph.
    pub(super) async fn change(&mut self, changes: &[Change]) -> io::Result<()> {
        let accounts: Vec<String> = self.handout["accounts"]
            .as_object()
            .map(|accounts| accounts.keys().cloned().collect())
            .unwrap_or_default();
        if changes.is_empty() {
            return Ok(());
        }
        let tenant = self.tenant();
        let (enforcement, policies) = (
            format!("/tenants/{tenant}/enforcement"),
            format!("/tenants/{tenant}/policies"),
        );
        self.original = Some(Original {
            enforcement: self.quiet.control("GET", &enforcement, None).await?,
            security_defaults:
                self.quiet.control("GET", &policies, None).await?["security_defaults"].clone(),
            policy: None,
        });
        // Turning per-user MFA on revokes what was issued before: it is on only while somebody signs in.
        for change in changes
            .iter()
            .filter(|change| **change != Change::PerUserMfa(true))
        {
            if let Some(change) = change.of_tenant(&accounts, &self.begin) {
                change_tenant(self.quiet, &tenant, &change).await?;
            } else {
                let now = self.now_seconds();
                let policy = logs::demand_mfa(self.quiet, &self.handout, now).await?;
                if let Some(original) = &mut self.original {
                    original.policy = Some(policy);
                }
            }
        }
        self.handout["enforcement"] = self.quiet.control("GET", &enforcement, None).await?;
        Ok(())
    }

    /// Makes the tenant again what it was before the changes.
    async fn undo(&mut self) -> io::Result<()> {
        let Some(original) = self.original.take() else {
            return Ok(());
        };
        let tenant = self.tenant();
        let phase = |name: &str| {
            let phase = &original.enforcement[name];
            json!({"starts": phase["starts"], "postponed_until": phase["postponed_until"]})
        };
        let enforcement = json!({"phase1": phase("phase1"), "phase2": phase("phase2")});
        let path = format!("/tenants/{tenant}/enforcement");
        self.handout["enforcement"] = self
            .quiet
            .control("PATCH", &path, Some(&enforcement))
            .await?;
        let policies = json!({"security_defaults": original.security_defaults});
        let path = format!("/tenants/{tenant}/policies");
        self.quiet.control("PATCH", &path, Some(&policies)).await?;
        if let Some(policy) = original.policy {
            logs::withdraw(self.quiet, &self.handout, &policy, self.now_seconds()).await?;
        }
        Ok(())
    }

    /// Sets the state of every seeded account.
    async fn per_user_mfa(&self, state: &str) -> io::Result<()> {
        let accounts = self.handout["accounts"].as_object();
        let change = TenantChange {
            per_user_mfa: accounts
                .into_iter()
                .flatten()
                .map(|(name, _)| (name.clone(), state.to_owned()))
                .collect(),
            ..TenantChange::default()
        };
        change_tenant(self.quiet, &self.tenant(), &change).await
    }

    /// A step in a changed tenant. Where it is refused, it is done once more in the tenant as it was.
    pub(super) async fn step_of_changed(
        &mut self,
        placed: &Placed,
        changes: &[Change],
    ) -> StepResult {
        if changes.is_empty() {
            return self.step(placed).await;
        }
        if placed.step.value.tenant.is_some() {
            let _ = self.undo().await;
            let result = self.step(placed).await;
            let _ = self.change(changes).await;
            return result;
        }
        let signs_in = placed.step.value.sign_in.as_ref();
        let asks = changes.contains(&Change::PerUserMfa(true))
            && signs_in.is_some_and(|wish| wish.value.refresh != Some(true));
        if asks {
            let _ = self.per_user_mfa("enforced").await;
        }
        let result = self.step(placed).await;
        if asks {
            let _ = self.per_user_mfa("disabled").await;
        }
        let refused = result.answer.is_none() || result.status >= 400;
        // A command is not run twice: nobody knows what else it does.
        if refused && placed.step.value.run.is_none() {
            let _ = self.undo().await;
            self.step(placed).await;
            let _ = self.change(changes).await;
        }
        result
    }
}
