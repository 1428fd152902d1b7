package main

import (
	"context"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

const identityModule = "github.com/Azure/azure-sdk-for-go/sdk/azidentity"

func identityFlow(name, route string, run flow) { row("azidentity", identityModule, name, route, run) }

func from[C azcore.TokenCredential](credential C, err error) func(scope string) (string, error) {
	return func(scope string) (string, error) {
		if err != nil {
			return "", err
		}
		token, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{scope}})
		return token.Token, err
	}
}

func gets(token func(scope string) (string, error), wanted map[string]string) flow {
	return func() (string, error) {
		text, err := token("https://management.azure.com/.default")
		if err != nil {
			return "", err
		}
		return has(text, wanted)
	}
}

// with sets variables for one flow.
func with(values map[string]string, run flow) flow {
	return func() (string, error) {
		for name, value := range values {
			os.Setenv(name, value)
			defer os.Unsetenv(name)
		}
		return run()
	}
}

func identityFlows(file []byte) {
	tenant, id, secret := env("TENANT"), env("DEPLOY_CLIENT_ID"), env("DEPLOY_CLIENT_SECRET")
	path := os.Getenv("AZURE_CONFIG_DIR") + "/federated-token"
	if err := os.WriteFile(path, []byte(env("DEPLOY_FEDERATED_TOKEN")), 0o600); err != nil {
		panic(err)
	}
	chain, key, err := azidentity.ParseCertificates(file, nil)
	if err != nil {
		panic(err)
	}
	prompt := func(_ context.Context, message azidentity.DeviceCodeMessage) error {
		return person(device, "--code", message.UserCode)
	}
	own := policy.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: custom()}}
	for _, route := range []struct {
		name    string
		options policy.ClientOptions
		offline bool
	}{{"proxy", policy.ClientOptions{}, false}, {"custom host", own, true}} {
		options, offline := azcore.ClientOptions(route.options), route.offline
		identityFlow("client secret", route.name, gets(from(azidentity.NewClientSecretCredential(tenant, id, secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline})), app))
		identityFlow("certificate", route.name, gets(from(azidentity.NewClientCertificateCredential(tenant, id, chain, key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline})), app))
		identityFlow("workload identity", route.name, gets(from(azidentity.NewWorkloadIdentityCredential(
			&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline, ClientID: id, TenantID: tenant, TokenFilePath: path})), app))
		identityFlow("device code", route.name, gets(from(azidentity.NewDeviceCodeCredential(
			&azidentity.DeviceCodeCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline, TenantID: tenant, ClientID: cli, UserPrompt: prompt})), user))
		identityFlow("interactive", route.name, gets(from(azidentity.NewInteractiveBrowserCredential(
			&azidentity.InteractiveBrowserCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline, TenantID: tenant, ClientID: cli})), user))
		identityFlow("on-behalf-of", route.name, func() (string, error) {
			return onBehalf(from(azidentity.NewOnBehalfOfCredentialWithSecret(tenant, os.Getenv("API_ID"), os.Getenv("USER_ASSERTION"), os.Getenv("API_SECRET"),
				&azidentity.OnBehalfOfCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline}))(graph))
		})
	}
	identityFlow("AzureCLICredential", "proxy", gets(from(azidentity.NewAzureCLICredential(nil)), user))
	service := map[string]string{"AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": id, "AZURE_CLIENT_SECRET": secret}
	identityFlow("DefaultAzureCredential, environment", "proxy", with(service, func() (string, error) { return gets(from(azidentity.NewDefaultAzureCredential(nil)), app)() }))
}
