package main

import (
	"context"
	"os"
	"os/exec"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/managedidentity"
)

// A host is what its variables say. The machine's metadata address is hard-coded in both libraries; they reach it through
// the proxy.
func hosts() [][]string {
	http, secret := env("HTTP"), env("IDENTITY_HEADER")
	return [][]string{
		{"VM"},
		{"App Service", "IDENTITY_ENDPOINT=" + http + "/msi/token", "IDENTITY_HEADER=" + secret},
		{"Machine Learning", "MSI_ENDPOINT=" + http + "/msi/machine-learning", "MSI_SECRET=" + secret},
		{"Cloud Shell", "MSI_ENDPOINT=" + http + "/msi/cloud-shell"},
		{"Azure Arc", "IDENTITY_ENDPOINT=" + http + "/msi/arc", "IMDS_ENDPOINT=" + http},
	}
}

// machines gives each host a process: the libraries keep tokens for the life of theirs.
func machines() {
	for _, library := range []string{"msal", "identity"} {
		for _, host := range hosts() {
			if host[0] == "Azure Arc" && os.Getenv("ARC") == "" {
				continue
			}
			command := exec.Command(os.Args[0], library, host[0])
			command.Env = slices.Concat(os.Environ(), host[1:])
			command.Stdout, command.Stderr = os.Stdout, os.Stderr
			_ = command.Run()
		}
	}
}

func inHost(library, host string) {
	wanted, name := app, "managed identity, "+host
	if host == "Cloud Shell" {
		wanted = map[string]string{"idtyp": `"user"`}
	}
	if library == "identity" {
		identityFlow(name, "proxy", gets(from(azidentity.NewManagedIdentityCredential(nil)), wanted))
		return
	}
	row("MSAL Go", msalModule, name, "proxy", func() (string, error) {
		source, err := managedidentity.GetSource()
		if err != nil {
			return "", err
		}
		client, err := managedidentity.New(managedidentity.SystemAssigned())
		if err != nil {
			return "", err
		}
		result, err := client.AcquireToken(context.Background(), "https://management.azure.com/")
		if err != nil {
			return "", err
		}
		proven, err := has(result.AccessToken, wanted)
		return proven + ", recognised as " + string(source), err
	})
}
