/** Measurements of {@code weft bench}: each is one {@link dev.weft.host.bench.Benchmark}. Nothing of this is loaded by a host that runs. */
package dev.weft.host.bench;
