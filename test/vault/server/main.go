// A Vault for tests: the real core with its key-value and AppRole engines, in memory, on a port of its own. Prints one
// line of JSON when it is ready, and ends when its standard input does.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/hashicorp/go-hclog"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

var engines = map[string]logical.Factory{"kv": kv.Factory}
var logins = map[string]logical.Factory{"approle": approle.Factory}

// The core asks a registry which plugins are built in; ours has what is handed to it below.
type registry struct{}

func (registry) Contains(name string, kind consts.PluginType) bool {
	_, found := registry{}.Get(name, kind)
	return found
}

func (registry) Get(name string, kind consts.PluginType) (func() (interface{}, error), bool) {
	factory, found := engines[name]
	if kind == consts.PluginTypeCredential {
		factory, found = logins[name]
	}
	return func() (interface{}, error) { return factory, nil }, found
}

func (registry) Keys(consts.PluginType) []string { return nil }

func (registry) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, true
}

func (registry) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	quiet := hclog.NewNullLogger()
	core := must(vault.NewCore(&vault.CoreConfig{
		Physical:           must(inmem.NewInmem(nil, quiet)),
		Logger:             quiet,
		DisableMlock:       true,
		LogicalBackends:    engines,
		CredentialBackends: logins,
		BuiltinRegistry:    registry{},
	}))
	shamir := &vault.SealConfig{SecretShares: 1, SecretThreshold: 1}
	initial := must(core.Initialize(context.Background(), &vault.InitParams{BarrierConfig: shamir, RecoveryConfig: nil}))
	must(core.Unseal(initial.SecretShares[0]))
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core})
	go func() { log.Fatal(http.Serve(listener, handler)) }()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]string{
		"address":   "http://" + listener.Addr().String(),
		"token":     initial.RootToken,
		"unsealKey": hex.EncodeToString(initial.SecretShares[0]),
	})
	_, _ = io.Copy(io.Discard, os.Stdin)
}
