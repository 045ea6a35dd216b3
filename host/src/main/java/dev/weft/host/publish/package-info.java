/** Publishing: what the commands of publishers and owners of repositories do, in a folder or at a registry. Loaded by those commands only. */
package dev.weft.host.publish;
