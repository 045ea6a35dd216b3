package dev.weft.llm.provider;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a provider, the same for every kind. A double underscore in a name is one underscore in the key. */
@ObjectClassDefinition(name = "Weft LLM provider")
public @interface ProviderConfig {
    /** Name in routes.
     * @return an id; empty: the kind, such as {@code openai} */
    String id() default "";

    /** The server.
     * @return its address; empty: the kind's own */
    String base__url() default "";

    /** The model.
     * @return its name at the server; empty: the kind's own */
    String model() default "";

    /** Where the key is.
     * @return name of an environment variable; empty: the kind's own, if {@code base_url} and {@code api_key_file} are empty too */
    String api__key__env() default "";

    /** Where the key is, if not in the environment.
     * @return path of a file */
    String api__key__file() default "";

    /** Version of the server's API, where it has such a parameter (Azure).
     * @return empty: the kind's own */
    String api__version() default "";

    /** How long a request may take.
     * @return seconds, 1 to 3600 */
    @AttributeDefinition(min = "1", max = "3600")
    int timeout__seconds() default 60;

    /** Randomness, 0 to 2.
     * @return a number; empty: the server's own default */
    String temperature() default "";

    /** Longest answer.
     * @return tokens; 0: the server's own default */
    @AttributeDefinition(min = "0")
    int max__output__tokens() default 0;

    /** Whether the model takes images.
     * @return false: it is never asked about any */
    boolean images() default true;

    /** Most calls at once.
     * @return 0: no limit */
    @AttributeDefinition(min = "0")
    int max__concurrent() default 0;

    /** Most calls a minute.
     * @return 0: no limit */
    @AttributeDefinition(min = "0")
    int calls__per__minute() default 0;

    /** Price of a million input tokens.
     * @return money in any currency, the same for all providers; empty or 0: free */
    String input__price() default "";

    /** Price of a million output tokens.
     * @return money; empty or 0: free */
    String output__price() default "";

    /** How often the server is asked for its models, to see whether it works.
     * @return seconds; 0: never */
    @AttributeDefinition(min = "0", max = "86400")
    int probe__seconds() default 60;
}
