/** What the shell at the socket and the one over SSH have in common; packed into the bundles of both. */
package dev.weft.shell.line;
