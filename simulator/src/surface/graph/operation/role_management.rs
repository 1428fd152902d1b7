//! Operations under `/role_management`: method, template, handler, the directory action that people need.

use super::{DELETE, GET, Operation, PATCH, POST, READ, UNSIMULATED, op};

pub(super) const ROWS: &[Operation] = &[
    op(GET, "/roleManagement/directory/roleAssignments", READ).needs("roleAssignments/standard/read"),
    op(POST, "/roleManagement/directory/roleAssignments", UNSIMULATED).needs("roleAssignments/allProperties/allTasks"),
    op(DELETE, "/roleManagement/directory/roleAssignments/{id}", UNSIMULATED).needs("roleAssignments/allProperties/allTasks"),
    op(GET, "/roleManagement/directory/roleAssignments/{id}", READ).needs("roleAssignments/standard/read"),
    op(GET, "/roleManagement/directory/roleDefinitions", READ).needs("roleDefinitions/standard/read"),
    op(POST, "/roleManagement/directory/roleDefinitions", UNSIMULATED).needs("roleDefinitions/allProperties/allTasks"),
    op(DELETE, "/roleManagement/directory/roleDefinitions/{id}", UNSIMULATED).needs("roleDefinitions/allProperties/allTasks"),
    op(GET, "/roleManagement/directory/roleDefinitions/{id}", READ).needs("roleDefinitions/standard/read"),
    op(PATCH, "/roleManagement/directory/roleDefinitions/{id}", UNSIMULATED).needs("roleDefinitions/allProperties/allTasks"),
    op(GET, "/roleManagement/directory/roleDefinitions/{id}/assignedPrincipals(transitive=@transitive,directoryScopeType='@directoryScopeType',directoryScopeId='@directoryScopeId')", UNSIMULATED).needs("roleDefinitions/standard/read"),
];
