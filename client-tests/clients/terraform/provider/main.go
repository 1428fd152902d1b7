// A provider of Terraform for Azure Resource Manager, small enough to read: it signs in and writes by the library that
// HashiCorp's azurerm is made with, takes the same ARM_* settings from the environment, and so says what azurerm would say.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/client/resourcemanager"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Not a real registry: Terraform is told by its configuration where the program is.
const address = "registry.example/entrasim/arm"

func main() {
	options := providerserver.ServeOpts{Address: address}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return &arm{} }, options); err != nil {
		log.Fatal(err)
	}
}

type arm struct{}

func (*arm) Metadata(_ context.Context, _ provider.MetadataRequest, answer *provider.MetadataResponse) {
	answer.TypeName = "arm"
}

func (*arm) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (*arm) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (*arm) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &group{} },
		func() resource.Resource { return &generic{} },
	}
}

// Configure signs in as azurerm does: with the secret where there is one, else as whoever the Azure CLI is signed in as.
func (*arm) Configure(ctx context.Context, _ provider.ConfigureRequest, answer *provider.ConfigureResponse) {
	environment := environments.AzurePublic()
	if host := os.Getenv("ARM_METADATA_HOSTNAME"); host != "" {
		own, err := environments.FromEndpoint(ctx, "https://"+host)
		if err != nil {
			answer.Diagnostics.AddError("building account", err.Error())
			return
		}
		environment = own
	}
	authorizer, err := auth.NewAuthorizerFromCredentials(ctx, auth.Credentials{
		Environment:                           *environment,
		TenantID:                              os.Getenv("ARM_TENANT_ID"),
		ClientID:                              os.Getenv("ARM_CLIENT_ID"),
		ClientSecret:                          os.Getenv("ARM_CLIENT_SECRET"),
		EnableAuthenticatingUsingClientSecret: true,
		EnableAuthenticatingUsingAzureCLI:     true,
	}, environment.ResourceManager)
	if err != nil {
		answer.Diagnostics.AddError("building account", fmt.Sprintf("unable to build authorizer for Resource Manager API: %+v", err))
		return
	}
	answer.ResourceData = &account{
		subscription: os.Getenv("ARM_SUBSCRIPTION_ID"),
		client: func(version string) (*resourcemanager.Client, error) {
			client, err := resourcemanager.NewClient(environment.ResourceManager, "resources", version)
			if err == nil {
				client.SetAuthorizer(authorizer)
			}
			return client, err
		},
	}
}
