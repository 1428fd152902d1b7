"""msgraph-sdk for Python: directory objects, pages, batches, delta, errors. Prints one row a flow, as JSON."""

import asyncio
import os

from azure.identity import UsernamePasswordCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import GetByIdsPostRequestBody
from msgraph.generated.groups.item.members.members_request_builder import MembersRequestBuilder
from msgraph.generated.models.application import Application
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.models.user_collection_response import UserCollectionResponse
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.tasks.page_iterator import PageIterator
from shared import expect, row

env = os.environ
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
DOMAIN = env["ENTRASIM_DOMAIN"]
credential = UsernamePasswordCredential(AZURE_CLI, env["ENTRASIM_ADMIN_UPN"], env["ENTRASIM_ADMIN_PASSWORD"], tenant_id=env["ENTRASIM_TENANT"])
graph = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
Users = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
Members = MembersRequestBuilder.MembersRequestBuilderGetQueryParameters


def eventually(parameters):
    configuration = RequestConfiguration(query_parameters=parameters)
    configuration.headers.add("ConsistencyLevel", "eventual")
    return configuration


async def new_user(name):
    return await graph.users.post(User(
        account_enabled=True, display_name=name.title(), mail_nickname=name, user_principal_name=f"{name}@{DOMAIN}",
        password_profile=PasswordProfile(password="Xk9-plumvera-2251", force_change_password_next_sign_in=True),
    ))


async def pages():
    seen = []
    first = await graph.users.get(RequestConfiguration(query_parameters=Users(top=2, select=["id", "displayName"])))
    await PageIterator(first, graph.request_adapter).iterate(lambda user: seen.append(user.id) or True)
    everybody = await graph.users.get()
    expect(len(seen) == len(set(seen)) == len(everybody.value) > 4 and first.odata_next_link, seen)
    return "every user once, two a page"


async def advanced():
    found = await graph.users.get(eventually(Users(filter="endsWith(userPrincipalName,'onmicrosoft.com') and accountEnabled eq true", search='"displayName:alice"', count=True, orderby=["displayName"])))
    expect(found.odata_count == 1 and found.value[0].display_name.startswith("Alice"), found.value)
    return "endsWith, $search, $orderby, $count"


async def users():
    user = await new_user("rosa")
    await graph.users.by_user_id(user.id).patch(User(job_title="Baker", usage_location="DE", business_phones=["+49 30 5550100"], other_mails=["rosa@example.com"]))
    read = await graph.users.by_user_id(f"rosa@{DOMAIN}").get()
    expect(read.job_title == "Baker" and read.business_phones == ["+49 30 5550100"], read.additional_data)
    await graph.users.by_user_id(user.id).delete()
    deleted = await graph.directory.deleted_items.graph_user.get()
    expect([one.id for one in deleted.value] == [user.id], deleted.value)
    await graph.directory.deleted_items.by_directory_object_id(user.id).restore.post()
    expect((await graph.users.by_user_id(user.id).get()).job_title == "Baker", user.id)
    return "made, changed, deleted, found among the deleted, restored"


async def groups():
    first, second = await new_user("gil"), await new_user("hana")
    wish = Group(display_name="Bakers", mail_enabled=False, mail_nickname="bakers", security_enabled=True)
    wish.additional_data = {"members@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{first.id}"]}
    group = await graph.groups.post(wish)
    item = graph.groups.by_group_id(group.id)
    await item.members.ref.post(ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/directoryObjects/{second.id}"))
    members = await item.members.get(RequestConfiguration(query_parameters=Members(select=["id"])))
    expect({one.id for one in members.value} == {first.id, second.id} and isinstance(members.value[0], User), members.value)
    of = await graph.users.by_user_id(first.id).member_of.get()
    expect(group.id in {one.id for one in of.value}, of.value)
    await item.members.by_directory_object_id(first.id).ref.delete()
    left = await item.members.get()
    await item.delete()
    expect([one.id for one in left.value] == [second.id], left.value)
    return "made with a member, one added, one taken, memberOf read"


async def applications():
    app = await graph.applications.post(Application(display_name="Oven", sign_in_audience="AzureADMyOrg"))
    secret = await graph.applications.by_application_id(app.id).add_password.post(AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="dough")))
    principal = await graph.service_principals.post(ServicePrincipal(app_id=app.app_id))
    expect(secret.secret_text and principal.app_id == app.app_id, secret)
    await graph.applications.by_application_id(app.id).delete()
    return "made with a secret and a service principal, deleted"


async def roles():
    user = await new_user("ruth")
    given = await graph.role_management.directory.role_assignments.post(UnifiedRoleAssignment(role_definition_id=GLOBAL_READER, principal_id=user.id, directory_scope_id="/"))
    members = await graph.directory_roles_with_role_template_id(GLOBAL_READER).get()
    holders = await graph.directory_roles.by_directory_role_id(members.id).members.get()
    expect(user.id in {one.id for one in holders.value}, holders.value)
    await graph.role_management.directory.role_assignments.by_unified_role_assignment_id(given.id).delete()
    return "given by one API, seen by the other, taken"


async def batch():
    content = BatchRequestContent()
    content.add_request_information(graph.me.to_get_request_information())
    content.add_request_information(graph.organization.to_get_request_information())
    content.add_request_information(graph.users.by_user_id("nobody").to_get_request_information())
    answer = await BatchRequestBuilder(graph.request_adapter).post(content)
    codes = answer.get_response_status_codes()
    expect(sorted(codes.values()) == [200, 200, 404], codes)
    return "three requests, three answers"


async def delta():
    page = await graph.users.delta.get()
    while page.odata_next_link:
        page = await graph.users.delta.with_url(page.odata_next_link).get()
    user = await new_user("dora")
    page = await graph.users.delta.with_url(page.odata_delta_link).get()
    expect([one.id for one in page.value] == [user.id], page.value)
    return "one new user, and nobody else"


async def by_ids():
    everybody: UserCollectionResponse = await graph.users.get()
    ids = [one.id for one in everybody.value]
    found = await graph.directory_objects.get_by_ids.post(GetByIdsPostRequestBody(ids=ids, types=["user"]))
    expect({one.id for one in found.value} == set(ids) and isinstance(found.value[0], User), found.value)
    return "objects of their own types"


async def error():
    try:
        await graph.users.by_user_id("nobody").get()
    except ODataError as refused:
        inner = refused.error.inner_error
        expect(refused.response_status_code == 404 and refused.error.code == "Request_ResourceNotFound" and inner.request_id, refused)
        return "ODataError with code, request id and date"
    raise ValueError("nobody was found")


async def main():
    for flow, run in [
        ("pages", pages), ("advanced queries", advanced), ("users", users), ("groups", groups), ("applications", applications),
        ("directory roles", roles), ("batch", batch), ("delta", delta), ("getByIds", by_ids), ("an error", error),
    ]:
        await row(flow, run)


asyncio.run(main())
