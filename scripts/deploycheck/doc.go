// Package deploycheck holds what is deployed to its promises, without a container
// engine: the Dockerfile, compose.yaml, the proxy's file and the Prometheus alerts are
// read with the parsers of those who define them, and compared with the program. It
// builds no image and starts nothing.
package deploycheck
