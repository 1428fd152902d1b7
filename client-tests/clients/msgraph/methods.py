"""msgraph-sdk for Python: authentication methods, policies, reports, logs, as an app. Prints one row a flow, as JSON."""

import asyncio
import os

from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import DirectoryAuditsRequestBuilder
from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder
from msgraph.generated.models.authentication_method_state import AuthenticationMethodState
from msgraph.generated.models.authentication_phone_type import AuthenticationPhoneType
from msgraph.generated.models.conditional_access_applications import ConditionalAccessApplications
from msgraph.generated.models.conditional_access_client_app import ConditionalAccessClientApp
from msgraph.generated.models.conditional_access_condition_set import ConditionalAccessConditionSet
from msgraph.generated.models.conditional_access_grant_control import ConditionalAccessGrantControl
from msgraph.generated.models.conditional_access_grant_controls import ConditionalAccessGrantControls
from msgraph.generated.models.conditional_access_policy import ConditionalAccessPolicy
from msgraph.generated.models.conditional_access_policy_state import ConditionalAccessPolicyState
from msgraph.generated.models.conditional_access_users import ConditionalAccessUsers
from msgraph.generated.models.email_authentication_method import EmailAuthenticationMethod
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.phone_authentication_method import PhoneAuthenticationMethod
from msgraph.generated.models.temporary_access_pass_authentication_method import TemporaryAccessPassAuthenticationMethod
from msgraph.generated.models.temporary_access_pass_authentication_method_configuration import TemporaryAccessPassAuthenticationMethodConfiguration
from msgraph.generated.reports.authentication_methods.user_registration_details.user_registration_details_request_builder import UserRegistrationDetailsRequestBuilder
from shared import expect, row

env = os.environ
credential = ClientSecretCredential(env["ENTRASIM_TENANT"], env["ENTRASIM_DEPLOY_CLIENT_ID"], env["ENTRASIM_DEPLOY_CLIENT_SECRET"])
graph = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
bob = graph.users.by_user_id(env["ENTRASIM_BOB_UPN"])
Details = UserRegistrationDetailsRequestBuilder.UserRegistrationDetailsRequestBuilderGetQueryParameters
Audits = DirectoryAuditsRequestBuilder.DirectoryAuditsRequestBuilderGetQueryParameters
SignIns = SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters


def with_filter(parameters):
    return RequestConfiguration(query_parameters=parameters)


async def passes():
    configuration = graph.policies.authentication_methods_policy.authentication_method_configurations.by_authentication_method_configuration_id("temporaryAccessPass")
    await configuration.patch(TemporaryAccessPassAuthenticationMethodConfiguration(state=AuthenticationMethodState.Enabled))
    read = await configuration.get()
    expect(isinstance(read, TemporaryAccessPassAuthenticationMethodConfiguration) and read.state == AuthenticationMethodState.Enabled, read)
    made = await bob.authentication.temporary_access_pass_methods.post(TemporaryAccessPassAuthenticationMethod(lifetime_in_minutes=60, is_usable_once=True))
    expect(made.temporary_access_pass and made.is_usable, made)
    one = bob.authentication.temporary_access_pass_methods.by_temporary_access_pass_authentication_method_id(made.id)
    again = await one.get()
    expect(again.temporary_access_pass is None, again)
    await one.delete()
    return "policy switched, made, shown once, deleted"


async def methods():
    mail = await bob.authentication.email_methods.post(EmailAuthenticationMethod(email_address="bob@example.org"))
    phone = await bob.authentication.phone_methods.post(PhoneAuthenticationMethod(phone_number="+1 2065550100", phone_type=AuthenticationPhoneType.Mobile))
    listed = await bob.authentication.methods.get()
    kinds = {type(one).__name__ for one in listed.value}
    expect({"EmailAuthenticationMethod", "PhoneAuthenticationMethod", "PasswordAuthenticationMethod"} <= kinds, kinds)
    await bob.authentication.email_methods.by_email_authentication_method_id(mail.id).delete()
    await bob.authentication.phone_methods.by_phone_authentication_method_id(phone.id).delete()
    return "e-mail and phone registered, listed with their types, deleted"


async def passkey_options():
    options = await bob.authentication.fido2_methods.creation_options.get()
    expect(options.public_key.rp.id == "login.microsoft.com" and options.challenge_timeout_date_time, options)
    return "creationOptions for another user"


async def conditional_access():
    policies = graph.identity.conditional_access.policies
    policy = await policies.post(ConditionalAccessPolicy(
        display_name="Multifactor for all", state=ConditionalAccessPolicyState.EnabledForReportingButNotEnforced,
        conditions=ConditionalAccessConditionSet(
            users=ConditionalAccessUsers(include_users=["All"]), applications=ConditionalAccessApplications(include_applications=["All"]),
            client_app_types=[ConditionalAccessClientApp.All]),
        grant_controls=ConditionalAccessGrantControls(operator="OR", built_in_controls=[ConditionalAccessGrantControl.Mfa])))
    one = policies.by_conditional_access_policy_id(policy.id)
    await one.patch(ConditionalAccessPolicy(state=ConditionalAccessPolicyState.Disabled))
    read = await one.get()
    expect(read.state == ConditionalAccessPolicyState.Disabled, read)
    await one.delete()
    templates = await graph.identity.conditional_access.templates.get()
    expect(len(templates.value) > 3, templates.value)
    return "made, switched, deleted; templates listed"


async def report():
    everybody = await graph.reports.authentication_methods.user_registration_details.get()
    expect(len(everybody.value) > 4, everybody.value)
    without = await graph.reports.authentication_methods.user_registration_details.get(with_filter(Details(filter="isAdmin eq true and isMfaCapable eq false")))
    expect(without.value and all(one.is_admin and not one.is_mfa_capable for one in without.value), without.value)
    return "all users; administrators without a second factor"


async def logs():
    audits = await graph.audit_logs.directory_audits.get(with_filter(Audits(filter="loggedByService eq 'Authentication Methods'")))
    entry = audits.value[0]
    expect(entry.initiated_by.app.display_name == "deploy" and entry.target_resources, entry)
    mine = await graph.audit_logs.sign_ins.get(with_filter(SignIns(top=5)))
    expect(mine.value is not None, mine)
    return "audit entries with their app; sign-ins"


async def error():
    try:
        await bob.authentication.phone_methods.post(PhoneAuthenticationMethod(phone_number="nothing", phone_type=AuthenticationPhoneType.Mobile))
    except ODataError as refused:
        expect(refused.response_status_code == 400 and refused.error.code, refused)
        return "ODataError with code"
    raise ValueError("it was taken")


async def main():
    for flow, run in [
        ("Temporary Access Pass", passes), ("authentication methods", methods), ("passkey options", passkey_options),
        ("Conditional Access", conditional_access), ("registration report", report), ("audit and sign-in log", logs),
        ("an invalid method", error),
    ]:
        await row(flow, run)


asyncio.run(main())
