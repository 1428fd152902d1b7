//! Operations under `/roleManagement`: method, template, handler, the directory action that people need.

use super::super::action;
use super::super::write::{role_assignment, role_definition};
use super::{DELETE, GET, Operation, PATCH, POST, READ, call, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/roleManagement/directory/roleAssignments", READ).needs("roleAssignments/standard/read"),
    op(POST, "/roleManagement/directory/roleAssignments", call(|graph, _| role_assignment::create(graph))).needs("roleAssignments/allProperties/allTasks"),
    op(DELETE, "/roleManagement/directory/roleAssignments/{id}", call(role_assignment::delete)).needs("roleAssignments/allProperties/allTasks"),
    op(GET, "/roleManagement/directory/roleAssignments/{id}", READ).needs("roleAssignments/standard/read"),
    op(GET, "/roleManagement/directory/roleDefinitions", READ).needs("roleDefinitions/standard/read"),
    op(POST, "/roleManagement/directory/roleDefinitions", call(|graph, _| role_definition::create(graph))).needs("roleDefinitions/allProperties/allTasks"),
    op(DELETE, "/roleManagement/directory/roleDefinitions/{id}", call(role_definition::delete)).needs("roleDefinitions/allProperties/allTasks"),
    op(GET, "/roleManagement/directory/roleDefinitions/{id}", READ).needs("roleDefinitions/standard/read"),
    op(PATCH, "/roleManagement/directory/roleDefinitions/{id}", call(role_definition::update)).needs("roleDefinitions/allProperties/allTasks"),
    op(GET, "/roleManagement/directory/roleDefinitions/{id}/assignedPrincipals(transitive=@transitive,directoryScopeType='@directoryScopeType',directoryScopeId='@directoryScopeId')", call(action::assigned_principals::answer)).needs("roleDefinitions/standard/read"),
];
