// MSAL Go and azidentity, every flow that they have here. Prints one row a flow, as JSON.
package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

const (
	cli      = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	arm      = "https://management.core.windows.net//.default"
	msal     = "github.com/AzureAD/microsoft-authentication-library-for-go"
	identity = "github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func env(name string) string { return os.Getenv("ENTRASIM_" + name) }

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return "unknown"
}

func row(client, module, flow, route string, run func() error) {
	detail := "ok"
	if err := run(); err != nil {
		detail = "FAILED " + err.Error()
		if len(detail) > 600 {
			detail = detail[:600]
		}
	}
	line, _ := json.Marshal(map[string]any{"client": client, "version": version(module), "flow": flow, "route": route, "ok": detail == "ok", "detail": detail})
	fmt.Println(string(line))
}

func expect(token string, wanted map[string]string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Errorf("not a JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		return err
	}
	for name, value := range wanted {
		found, _ := json.Marshal(claims[name])
		if string(found) != value {
			return fmt.Errorf("%s is %s", name, found)
		}
	}
	return nil
}

func person(url string, more ...string) {
	arguments := append([]string{os.Getenv("PERSON"), url, "--user", env("ALICE_UPN"), "--password", env("ALICE_PASSWORD")}, more...)
	command := exec.Command("node", arguments...)
	command.Stderr = os.Stderr
	go func() { _ = command.Run() }()
}

func certificate() ([]*x509.Certificate, crypto.PrivateKey, []byte, error) {
	file, err := os.ReadFile(env("DEPLOY_CERTIFICATE"))
	if err != nil {
		return nil, nil, nil, err
	}
	var certificates []*x509.Certificate
	var key crypto.PrivateKey
	for rest := file; ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			parsed, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, nil, err
			}
			certificates = append(certificates, parsed)
		} else if parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			key = parsed
		}
	}
	return certificates, key, file, nil
}

func confidentialClient(credential confidential.Credential, authority string, options ...confidential.Option) func() error {
	return func() error {
		client, err := confidential.New(authority, env("DEPLOY_CLIENT_ID"), credential, options...)
		if err != nil {
			return err
		}
		result, err := client.AcquireTokenByCredential(context.Background(), []string{arm})
		if err != nil {
			return err
		}
		return expect(result.AccessToken, map[string]string{"idtyp": `"app"`})
	}
}

func fromCredential(make func() (azcore.TokenCredential, error), wanted map[string]string) func() error {
	return func() error {
		credential, err := make()
		if err != nil {
			return err
		}
		token, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}})
		if err != nil {
			return err
		}
		return expect(token.Token, wanted)
	}
}

func main() {
	ctx := context.Background()
	app := map[string]string{"idtyp": `"app"`}
	authority := "https://login.microsoftonline.com/" + env("TENANT")
	secret, _ := confidential.NewCredFromSecret(env("DEPLOY_CLIENT_SECRET"))
	certificates, key, file, err := certificate()
	if err != nil {
		panic(err)
	}
	fromCertificate, err := confidential.NewCredFromCert(certificates, key)
	if err != nil {
		panic(err)
	}
	assertion := confidential.NewCredFromAssertionCallback(func(context.Context, confidential.AssertionRequestOptions) (string, error) {
		return env("DEPLOY_FEDERATED_TOKEN"), nil
	})
	row("MSAL Go", msal, "client secret", "proxy", confidentialClient(secret, authority))
	row("MSAL Go", msal, "certificate", "proxy", confidentialClient(fromCertificate, authority))
	row("MSAL Go", msal, "federated token", "proxy", confidentialClient(assertion, authority))
	custom := strings.Replace(env("HTTPS"), "127.0.0.1", "localhost", 1) + "/" + env("TENANT")
	row("MSAL Go", msal, "client secret", "custom host", confidentialClient(secret, custom, confidential.WithInstanceDiscovery(false)))
	newPublic := func() public.Client {
		client, err := public.New(cli, public.WithAuthority(authority))
		if err != nil {
			panic(err)
		}
		return client
	}
	row("MSAL Go", msal, "password, then silent", "proxy", func() error {
		client := newPublic()
		first, err := client.AcquireTokenByUsernamePassword(ctx, []string{arm}, env("BOB_UPN"), env("BOB_PASSWORD"))
		if err != nil {
			return err
		}
		again, err := client.AcquireTokenSilent(ctx, []string{arm}, public.WithSilentAccount(first.Account))
		if err != nil {
			return err
		}
		return expect(again.AccessToken, map[string]string{"amr": `["pwd"]`})
	})
	row("MSAL Go", msal, "interactive with MFA", "proxy", func() error {
		result, err := newPublic().AcquireTokenInteractive(ctx, []string{arm}, public.WithClaims(`{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}`), public.WithOpenURL(func(url string) error {
			person(url)
			return nil
		}))
		if err != nil {
			return err
		}
		return expect(result.AccessToken, map[string]string{"amr": `["pwd","mfa"]`, "acrs": `["p1"]`})
	})
	row("MSAL Go", msal, "device code", "proxy", func() error {
		code, err := newPublic().AcquireTokenByDeviceCode(ctx, []string{arm})
		if err != nil {
			return err
		}
		person("https://login.microsoft.com/device", "--code", code.Result.UserCode)
		result, err := code.AuthenticationResult(ctx)
		if err != nil {
			return err
		}
		return expect(result.AccessToken, map[string]string{"idtyp": `"user"`})
	})
	row("azidentity", identity, "client secret", "proxy", fromCredential(func() (azcore.TokenCredential, error) {
		return azidentity.NewClientSecretCredential(env("TENANT"), env("DEPLOY_CLIENT_ID"), env("DEPLOY_CLIENT_SECRET"), nil)
	}, app))
	row("azidentity", identity, "certificate", "proxy", fromCredential(func() (azcore.TokenCredential, error) {
		chain, key, err := azidentity.ParseCertificates(file, nil)
		if err != nil {
			return nil, err
		}
		return azidentity.NewClientCertificateCredential(env("TENANT"), env("DEPLOY_CLIENT_ID"), chain, key, nil)
	}, app))
	row("azidentity", identity, "workload identity", "proxy", fromCredential(func() (azcore.TokenCredential, error) {
		path := os.Getenv("AZURE_CONFIG_DIR") + "/federated-token"
		if err := os.WriteFile(path, []byte(env("DEPLOY_FEDERATED_TOKEN")), 0o600); err != nil {
			return nil, err
		}
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientID: env("DEPLOY_CLIENT_ID"), TenantID: env("TENANT"), TokenFilePath: path})
	}, app))
	row("azidentity", identity, "device code", "proxy", fromCredential(func() (azcore.TokenCredential, error) {
		return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{TenantID: env("TENANT"), ClientID: cli, UserPrompt: func(_ context.Context, message azidentity.DeviceCodeMessage) error {
			person("https://login.microsoft.com/device", "--code", message.UserCode)
			return nil
		}})
	}, map[string]string{"idtyp": `"user"`}))
	// The library hard-codes the machine's metadata address: the App Service variables are its way to another one.
	os.Setenv("IDENTITY_ENDPOINT", env("HTTP")+"/msi/token")
	os.Setenv("IDENTITY_HEADER", env("IDENTITY_HEADER"))
	row("azidentity", identity, "managed identity, App Service", "proxy", fromCredential(func() (azcore.TokenCredential, error) {
		return azidentity.NewManagedIdentityCredential(nil)
	}, app))
	os.Setenv("AZURE_TENANT_ID", env("TENANT"))
	os.Setenv("AZURE_CLIENT_ID", env("DEPLOY_CLIENT_ID"))
	os.Setenv("AZURE_CLIENT_SECRET", env("DEPLOY_CLIENT_SECRET"))
	row("azidentity", identity, "DefaultAzureCredential, environment", "proxy", fromCredential(func() (azcore.TokenCredential, error) {
		return azidentity.NewDefaultAzureCredential(nil)
	}, app))
}
