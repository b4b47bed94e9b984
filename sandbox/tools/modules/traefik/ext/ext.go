// Package ext is where extensions of Traefik add fields to its routes: there are none.
package ext

// HTTP has what an extension adds to the HTTP configuration.
type HTTP struct{}

// Router has what an extension adds to a router.
type Router struct{}
