package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"os"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

const (
	msalModule = "github.com/AzureAD/microsoft-authentication-library-for-go"
	cliARM     = "https://management.core.windows.net//.default"
)

// msalRoute is one of the two ways to the simulator.
type msalRoute struct {
	name, authority string
	discovers       bool
}

func (r msalRoute) flow(name string, run flow) { row("MSAL Go", msalModule, name, r.name, run) }

func (r msalRoute) confidential(id string, credential confidential.Credential, options ...confidential.Option) (confidential.Client, error) {
	options = append(options, confidential.WithInstanceDiscovery(r.discovers))
	return confidential.New(r.authority, id, credential, options...)
}

func (r msalRoute) public() (public.Client, error) {
	return public.New(cli, public.WithAuthority(r.authority), public.WithInstanceDiscovery(r.discovers))
}

func (r msalRoute) asApp(credential confidential.Credential, proof string, options ...confidential.Option) flow {
	return func() (string, error) {
		client, err := r.confidential(env("DEPLOY_CLIENT_ID"), credential, options...)
		if err != nil {
			return "", err
		}
		result, err := client.AcquireTokenByCredential(context.Background(), []string{cliARM})
		if err != nil {
			return "", err
		}
		return has(result.AccessToken, map[string]string{"idtyp": `"app"`, "appidacr": proof})
	}
}

func (r msalRoute) passwordThenSilent(ctx context.Context) (string, error) {
	client, err := r.public()
	if err != nil {
		return "", err
	}
	first, err := client.AcquireTokenByUsernamePassword(ctx, []string{cliARM}, env("BOB_UPN"), env("BOB_PASSWORD"))
	if err != nil {
		return "", err
	}
	again, err := client.AcquireTokenSilent(ctx, []string{cliARM}, public.WithSilentAccount(first.Account))
	if err != nil {
		return "", err
	}
	return has(again.AccessToken, user)
}

func (r msalRoute) interactive(ctx context.Context) (string, error) {
	client, err := r.public()
	if err != nil {
		return "", err
	}
	open := func(url string) error { return person(url) }
	result, err := client.AcquireTokenInteractive(ctx, []string{cliARM}, public.WithClaims(p1), public.WithOpenURL(open))
	if err != nil {
		return "", err
	}
	return has(result.AccessToken, map[string]string{"amr": `["pwd","mfa"]`, "acrs": `["p1"]`})
}

func (r msalRoute) deviceCode(ctx context.Context) (string, error) {
	client, err := r.public()
	if err != nil {
		return "", err
	}
	code, err := client.AcquireTokenByDeviceCode(ctx, []string{cliARM})
	if err != nil {
		return "", err
	}
	page := device
	if !r.discovers {
		page = code.Result.VerificationURL
	}
	_ = person(page, "--code", code.Result.UserCode)
	result, err := code.AuthenticationResult(ctx)
	if err != nil {
		return "", err
	}
	return has(result.AccessToken, user)
}

func (r msalRoute) onBehalfOf(ctx context.Context) (string, error) {
	secret, err := confidential.NewCredFromSecret(os.Getenv("API_SECRET"))
	if err != nil {
		return "", err
	}
	client, err := r.confidential(os.Getenv("API_ID"), secret)
	if err != nil {
		return "", err
	}
	result, err := client.AcquireTokenOnBehalfOf(ctx, os.Getenv("USER_ASSERTION"), []string{graph})
	return onBehalf(result.AccessToken, err)
}

func msalFlows(certificates []*x509.Certificate, key crypto.PrivateKey) {
	ctx := context.Background()
	secret, _ := confidential.NewCredFromSecret(env("DEPLOY_CLIENT_SECRET"))
	fromCertificate, err := confidential.NewCredFromCert(certificates, key)
	if err != nil {
		panic(err)
	}
	assertion := confidential.NewCredFromAssertionCallback(func(context.Context, confidential.AssertionRequestOptions) (string, error) {
		return env("DEPLOY_FEDERATED_TOKEN"), nil
	})
	for _, route := range []msalRoute{{"proxy", loginURL + env("TENANT"), true}, {"custom host", custom() + env("TENANT"), false}} {
		route.flow("client secret", route.asApp(secret, `"1"`))
		route.flow("certificate", route.asApp(fromCertificate, `"2"`))
		route.flow("certificate, with x5c", route.asApp(fromCertificate, `"2"`, confidential.WithX5C()))
		route.flow("federated token", route.asApp(assertion, `"2"`))
		route.flow("on-behalf-of", func() (string, error) { return route.onBehalfOf(ctx) })
		route.flow("interactive with MFA", func() (string, error) { return route.interactive(ctx) })
		route.flow("device code", func() (string, error) { return route.deviceCode(ctx) })
		route.flow("password, then silent", func() (string, error) { return route.passwordThenSilent(ctx) })
	}
}
