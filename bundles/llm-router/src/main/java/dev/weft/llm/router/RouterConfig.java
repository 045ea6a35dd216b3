package dev.weft.llm.router;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the router. A double underscore in a name is one underscore in the key. */
@ObjectClassDefinition(name = "Weft LLM router")
public @interface RouterConfig {
    /** Routes; those set by {@code weft llm use} win.
     * @return lines route=provider,provider */
    @AttributeDefinition(
            description =
                    "route=provider,provider; the route default is taken when none is named. Empty: every provider by id, rules last")
    String[] routes() default {};

    /** Budgets.
     * @return lines such as {@code route:default tokens=100000 money=5 per=day} */
    @AttributeDefinition(
            description =
                    "route:NAME, agent:NAME or skill:ID (* for each), then tokens=N, money=M, per=hour, day, month or total")
    String[] budgets() default {};

    /** Routes whose answers are cached.
     * @return lines route=seconds */
    String[] cache() default {};

    /** How often a route is gone over again after passing failures.
     * @return times */
    @AttributeDefinition(min = "0", max = "10")
    int retries() default 1;

    /** How long a call waits for a limit, a rest or a retry.
     * @return seconds */
    @AttributeDefinition(min = "0", max = "3600")
    int wait__seconds() default 10;

    /** How long a call waits for its budget to be raised.
     * @return seconds; the caller's own deadline may be shorter */
    @AttributeDefinition(min = "0", max = "86400")
    int approval__seconds() default 300;

    /** Longest silence of a stream.
     * @return seconds */
    @AttributeDefinition(min = "1", max = "3600")
    int stall__seconds() default 30;

    /** Longest answer of a call that has a budget and sets no limit itself.
     * @return tokens */
    @AttributeDefinition(min = "1")
    int budget__output__tokens() default 4096;
}
