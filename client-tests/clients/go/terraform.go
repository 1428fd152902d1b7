package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"net/http"

	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
	"software.sslmate.com/src/go-pkcs12"
)

const terraformModule = "github.com/hashicorp/go-azure-sdk/sdk"

// terraformFlows signs in as Terraform's azurerm and azuread providers do: with this library, by these settings of theirs.
func terraformFlows(certificates []*x509.Certificate, key crypto.PrivateKey) {
	ctx := context.Background()
	// By the metadata host, as ARM_METADATA_HOSTNAME has it; every other address follows from its answer.
	ownCloud, err := environments.FromEndpoint(ctx, custom())
	bundle, bundleErr := pkcs12.Modern.Encode(key, certificates[0], nil, "bundle")
	for _, route := range []struct {
		name        string
		environment *environments.Environment
		err         error
	}{{"proxy", environments.AzurePublic(), nil}, {"custom host", ownCloud, err}} {
		token := func(name string, wanted map[string]string, credentials auth.Credentials) {
			row("hashicorp/go-azure-sdk", terraformModule, name, route.name, func() (string, error) {
				if route.err != nil {
					return "", route.err
				}
				credentials.Environment = *route.environment
				credentials.TenantID = env("TENANT")
				authorizer, err := auth.NewAuthorizerFromCredentials(ctx, credentials, route.environment.ResourceManager)
				if err != nil {
					return "", err
				}
				token, err := authorizer.Token(ctx, &http.Request{})
				if err != nil {
					return "", err
				}
				return has(token.AccessToken, wanted)
			})
		}
		id := env("DEPLOY_CLIENT_ID")
		token("client secret", app, auth.Credentials{EnableAuthenticatingUsingClientSecret: true, ClientID: id, ClientSecret: env("DEPLOY_CLIENT_SECRET")})
		if bundleErr != nil {
			panic(bundleErr)
		}
		token("client certificate", app, auth.Credentials{EnableAuthenticatingUsingClientCertificate: true, ClientID: id, ClientCertificateData: bundle, ClientCertificatePassword: "bundle"})
		token("OIDC", app, auth.Credentials{EnableAuthenticationUsingOIDC: true, ClientID: id, OIDCAssertionToken: env("DEPLOY_FEDERATED_TOKEN")})
		if route.name == "proxy" {
			token("managed identity, own endpoint", app, auth.Credentials{EnableAuthenticatingUsingManagedIdentity: true, CustomManagedIdentityEndpoint: env("HTTP") + "/metadata/identity/oauth2/token"})
			token("Azure CLI", user, auth.Credentials{EnableAuthenticatingUsingAzureCLI: true})
		}
	}
}
