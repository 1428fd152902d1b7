// MSAL Go, azidentity and the sign-in of Terraform's providers, every flow that they have here. Prints one row a flow, as
// JSON. With two arguments, the managed identity of one library in one host.
package main

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"sort"
	"strings"
)

const (
	cli      = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	p1       = `{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}`
	graph    = "https://graph.microsoft.com/User.Read"
	loginURL = "https://login.microsoftonline.com/"
	device   = "https://login.microsoft.com/device"
)

// What a token of an app, and one of a person with a password, has.
var (
	app  = map[string]string{"idtyp": `"app"`}
	user = map[string]string{"idtyp": `"user"`, "amr": `["pwd"]`}
)

func env(name string) string { return os.Getenv("ENTRASIM_" + name) }

// The simulator's own address as authority.
func custom() string { return strings.Replace(env("HTTPS"), "127.0.0.1", "localhost", 1) + "/" }

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return "unknown"
}

// A flow gives what was proven, as text.
type flow = func() (string, error)

func row(client, module, name, route string, run flow) {
	proven, err := run()
	if err != nil {
		proven = err.Error()
		if len(proven) > 600 {
			proven = proven[:600]
		}
	}
	line, _ := json.Marshal(map[string]any{"client": client, "version": version(module), "flow": name, "route": route, "ok": err == nil, "proven": proven})
	fmt.Println(string(line))
}

func claims(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("not a JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var found map[string]any
	return found, json.Unmarshal(payload, &found)
}

// has tells what of a token was looked at; an error when something is not as wanted.
func has(token string, wanted map[string]string) (string, error) {
	found, err := claims(token)
	if err != nil {
		return "", err
	}
	var proven []string
	for name, value := range wanted {
		text, _ := json.Marshal(found[name])
		if string(text) != value {
			return "", fmt.Errorf("%s is %s", name, text)
		}
		proven = append(proven, name+" "+strings.NewReplacer(`"`, "", "[", "", "]", "", ",", "+").Replace(value))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(proven)))
	return strings.Join(proven, ", "), nil
}

// onBehalf looks at what the API got for its caller.
func onBehalf(token string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	found, err := claims(token)
	if err != nil {
		return "", err
	}
	if found["appid"] != os.Getenv("API_ID") || !strings.Contains(fmt.Sprint(found["scp"]), "User.Read") {
		return "", fmt.Errorf("%v", found)
	}
	return "the user's token of Graph, for the API", nil
}

// person is Alice in Chromium, at the same time as the client that waits for her.
func person(url string, more ...string) error {
	arguments := append([]string{os.Getenv("PERSON"), url, "--user", env("ALICE_UPN"), "--password", env("ALICE_PASSWORD")}, more...)
	command := exec.Command("node", arguments...)
	command.Stderr = os.Stderr
	go func() { _ = command.Run() }()
	return nil
}

// certificate reads the app's own: parsed, and as it stands in the file.
func certificate() ([]*x509.Certificate, crypto.PrivateKey, []byte, error) {
	file, err := os.ReadFile(env("DEPLOY_CERTIFICATE"))
	if err != nil {
		return nil, nil, nil, err
	}
	var certificates []*x509.Certificate
	var key crypto.PrivateKey
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
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

func main() {
	if len(os.Args) == 3 {
		inHost(os.Args[1], os.Args[2])
		return
	}
	certificates, key, file, err := certificate()
	if err != nil {
		panic(err)
	}
	msalFlows(certificates, key)
	identityFlows(file)
	terraformFlows(certificates, key)
	machines()
}
