// Command vault is Vault with one plugin more than its build tag "minimal" leaves in: the login of Kubernetes clusters.
// Built whole, Vault compiles the clients of every cloud and database, which is most of its time and size.
package main

import (
	"os"
	"reflect"
	"unsafe"

	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	"github.com/hashicorp/vault/command"
	"github.com/hashicorp/vault/helper/builtinplugins"
	"github.com/hashicorp/vault/sdk/logical"
)

func main() {
	register("kubernetes", kubernetes.Factory)
	os.Exit(command.Run(os.Args[1:]))
}

// register adds a login to Vault's own plugins. Their table is private and nothing exported writes to it, hence the
// address; a Vault whose table is another ends here, before it has started.
func register(name string, factory logical.Factory) {
	field := reflect.ValueOf(builtinplugins.Registry).Elem().FieldByName("credentialBackends")
	table := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
	entry := reflect.New(table.Type().Elem()).Elem()
	entry.FieldByName("Factory").Set(reflect.ValueOf(factory))
	table.SetMapIndex(reflect.ValueOf(name), entry)
}
