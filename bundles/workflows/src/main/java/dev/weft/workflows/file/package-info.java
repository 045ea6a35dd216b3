/** Workflow files: reading and checking. Embedded by the command line, too; no bundle exports it. */
package dev.weft.workflows.file;
