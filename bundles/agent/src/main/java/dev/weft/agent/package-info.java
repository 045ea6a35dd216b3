/** Turns a prompt into skill calls, here and on peers; LangChain4j runs the loop. */
package dev.weft.agent;
