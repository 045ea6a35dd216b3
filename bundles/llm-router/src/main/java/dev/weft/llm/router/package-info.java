/** One stable chat model in front of the providers: routes, failover, hot swap. */
package dev.weft.llm.router;
