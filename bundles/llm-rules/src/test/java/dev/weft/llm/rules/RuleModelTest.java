package dev.weft.llm.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleModelTest {
    private static final List<String> HOSTS = List.of("alpha", "edge-7", "edge-12");
    private final RuleModel model = new RuleModel();
    private final JsonMapper json = new JsonMapper();

    private static JsonObjectSchema.Builder parameters() {
        return JsonObjectSchema.builder()
                .addEnumProperty(
                        "agent", HOSTS, "host that does it; leave out to let the mesh choose");
    }

    private static ToolSpecification tool(
            String name, String description, JsonObjectSchema.Builder parameters) {
        return ToolSpecification.builder()
                .name(name)
                .description(description + "\nOffered by: alpha (this host), edge-7, edge-12")
                .parameters(parameters.build())
                .build();
    }

    private static List<ToolSpecification> tools() {
        List<ToolSpecification> tools =
                new ArrayList<>(
                        List.of(
                                tool(
                                        "disk_usage",
                                        "Free and used bytes of the file system that holds a path",
                                        parameters()
                                                .addStringProperty("path", "an absolute path")
                                                .required("path")),
                                tool(
                                        "disk_filesystems",
                                        "Lists the file systems of this machine with their size",
                                        parameters()),
                                tool(
                                        "sysinfo_memory",
                                        "Physical memory and swap: total, used and available bytes",
                                        parameters()),
                                tool(
                                        "sysinfo_cpu",
                                        "Number of processors, model and load averages",
                                        parameters()),
                                tool(
                                        "sysinfo_uptime",
                                        "How long the machine has been running",
                                        parameters()),
                                tool(
                                        "sysinfo_temperature",
                                        "Temperatures of the machine's sensors",
                                        parameters()),
                                tool(
                                        "sysinfo_processes",
                                        "The processes that use most CPU",
                                        parameters()
                                                .addIntegerProperty(
                                                        "limit", "how many, at most 50")),
                                tool(
                                        "text_statistics",
                                        "Counts characters, words, sentences and lines of a text",
                                        parameters()
                                                .addStringProperty("text", "the text")
                                                .required("text")),
                                tool(
                                        "text_summarize",
                                        "Extractive summary: the sentences of a text that say most",
                                        parameters()
                                                .addStringProperty("text", "the text")
                                                .addIntegerProperty(
                                                        "max_length", "at most so many characters")
                                                .required("text")),
                                tool(
                                        "text_diff",
                                        "Line by line difference between two texts",
                                        parameters()
                                                .addStringProperty("before", "old text")
                                                .addStringProperty("after", "new text")
                                                .required("before", "after")),
                                tool(
                                        "text_search",
                                        "Finds the lines of a text that match a regular expression",
                                        parameters()
                                                .addStringProperty("pattern", "regular expression")
                                                .addStringProperty("text", "where to look")
                                                .addBooleanProperty(
                                                        "ignore_case",
                                                        "whether case does not matter")
                                                .required("pattern", "text")),
                                tool(
                                        "web_fetch",
                                        "Fetches a web page and returns it as readable text",
                                        parameters()
                                                .addStringProperty("url", "http or https address")
                                                .required("url"))));
        return tools;
    }

    private AiMessage ask(String prompt, List<ToolSpecification> tools) {
        ChatRequest request =
                ChatRequest.builder()
                        .messages(
                                SystemMessage.from("You are the agent of alpha."),
                                UserMessage.from(prompt))
                        .toolSpecifications(tools)
                        .build();
        return model.chat(request).aiMessage();
    }

    private ToolExecutionRequest only(String prompt) {
        AiMessage answer = ask(prompt, tools());
        assertTrue(answer.hasToolExecutionRequests(), () -> prompt + " -> " + answer.text());
        assertEquals(1, answer.toolExecutionRequests().size());
        return answer.toolExecutionRequests().get(0);
    }

    private JsonNode arguments(String prompt) throws Exception {
        return json.readTree(only(prompt).arguments());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "how much space is free on edge-7? | disk_usage",
                "How much disk space is left on edge-7? | disk_usage",
                "free bytes on the drive holding /var/log | disk_usage",
                "what is the disk usage of /home | disk_usage",
                "which file systems are there on alpha? | disk_filesystems",
                "list the filesystems of edge-12 | disk_filesystems",
                "how much memory is available | sysinfo_memory",
                "how much RAM does edge-7 have? | sysinfo_memory",
                "what is the CPU load of alpha? | sysinfo_cpu",
                "how many processors are there | sysinfo_cpu",
                "what's the uptime of edge-7 | sysinfo_uptime",
                "how long has edge-12 been running? | sysinfo_uptime",
                "how hot is edge-7? | sysinfo_temperature",
                "show me the top 5 processes | sysinfo_processes",
                "count the words in: the quick brown fox | text_statistics",
                "Summarise: Weft is an agent host. It runs skills. | text_summarize",
                "what is the difference between \"a b c\" and \"a b d\"? | text_diff",
                "search for \"fo+\" in: foo bar baz | text_search",
                "fetch https://example.org/index.html | web_fetch",
                "read me the page at https://example.org | web_fetch",
                "open the website example.org please | web_fetch"
            })
    void picks_the_tool_that_fits(String prompt, String tool) {
        assertEquals(tool, only(prompt).name());
    }

    @Test
    void takes_the_host_named_in_the_prompt() throws Exception {
        JsonNode arguments = arguments("how much space is free on edge-7?");
        assertEquals("edge-7", arguments.get("agent").asText());
        assertEquals("/", arguments.get("path").asText());
        assertEquals(
                "edge-12", arguments("How much space is free on EDGE-12").get("agent").asText());
        assertFalse(arguments("how much space is free here?").has("agent"));
    }

    @Test
    void fills_paths_addresses_numbers_and_texts() throws Exception {
        assertEquals("/var/log", arguments("free space of /var/log?").get("path").asText());
        assertEquals("/data", arguments("disk usage path=/data").get("path").asText());
        assertEquals(
                "https://example.org/a?b=c",
                arguments("fetch https://example.org/a?b=c.").get("url").asText());
        assertEquals(
                "https://example.org",
                arguments("open the web page example.org").get("url").asText());
        assertEquals(5, arguments("show the top 5 processes on edge-7").get("limit").asInt());
        assertEquals(
                120,
                arguments("summarize with max_length 120: one. two. three.")
                        .get("max_length")
                        .asInt());
        assertEquals(
                "one. two. three.", arguments("summarize: one. two. three.").get("text").asText());
        JsonNode diff = arguments("show the difference between \"old\" and \"new\"");
        assertEquals("old", diff.get("before").asText());
        assertEquals("new", diff.get("after").asText());
        JsonNode search = arguments("search for \"fo+\", ignore case, in: foo bar");
        assertEquals("fo+", search.get("pattern").asText());
        assertEquals("foo bar", search.get("text").asText());
        assertTrue(search.get("ignore_case").asBoolean());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "summarise the disk usage of every box",
                "how much space is free on all hosts?",
                "free disk space on each of the machines",
                "free disk space everywhere"
            })
    void asks_each_host_when_every_host_is_meant(String prompt) throws Exception {
        List<ToolExecutionRequest> calls = ask(prompt, tools()).toolExecutionRequests();
        List<String> agents = new ArrayList<>();
        for (ToolExecutionRequest call : calls) {
            assertEquals("disk_usage", call.name());
            agents.add(json.readTree(call.arguments()).get("agent").asText());
        }
        assertEquals(HOSTS, agents);
        assertEquals(3, calls.stream().map(ToolExecutionRequest::id).distinct().count());
    }

    @Test
    void asks_both_hosts_that_are_named() {
        assertEquals(
                2,
                ask("compare the free disk space of edge-7 and alpha", tools())
                        .toolExecutionRequests()
                        .size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "how much space is free on edge-99?",
                "how much space is free on beta?",
                "how much space is free on host gamma?"
            })
    void asks_no_other_host_than_the_one_named(String prompt) {
        AiMessage answer = ask(prompt, tools());
        assertFalse(answer.hasToolExecutionRequests());
        assertTrue(
                answer.text().contains("not offered on") && answer.text().contains("edge-7"),
                answer.text());
    }

    @Test
    void names_the_argument_that_is_missing() {
        AiMessage answer = ask("fetch a web page", tools());
        assertFalse(answer.hasToolExecutionRequests());
        assertTrue(
                answer.text().contains("web_fetch") && answer.text().contains("url="),
                answer.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "What is the capital of France?",
                "write a poem about love",
                "hello",
                "",
                "?",
                "12345",
                "\u0000\u0001 \uD83D\uDE00",
                "how tall is the tower at noon"
            })
    void says_what_it_is_when_nothing_fits(String prompt) {
        AiMessage answer =
                model.chat(
                                ChatRequest.builder()
                                        .messages(
                                                UserMessage.from(prompt.isBlank() ? " ?" : prompt))
                                        .toolSpecifications(tools())
                                        .build())
                        .aiMessage();
        assertFalse(answer.hasToolExecutionRequests());
        assertTrue(
                answer.text().contains("not a language model")
                        && answer.text().contains("disk_usage"),
                answer.text());
    }

    @Test
    void does_not_answer_a_question_about_disks_with_memory() {
        List<ToolSpecification> without = new ArrayList<>(tools());
        without.removeIf(tool -> tool.name().startsWith("disk_"));
        assertFalse(ask("how much space is free on alpha?", without).hasToolExecutionRequests());
    }

    @Test
    void says_so_when_there_are_no_tools() {
        assertTrue(ask("how much space is free?", List.of()).text().contains("no tools"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "how much space is free on edge-7? | disk_usage",
                "free disk space of every box | disk_usage",
                "list the file systems of edge-7 | disk_list",
                "how long has edge-7 been up? | sysinfo_overview",
                "how busy is edge-7 | sysinfo_load",
                "what is the cpu usage on alpha? | sysinfo_load",
                "how much memory is free on edge-7? | sysinfo_memory",
                "top 3 processes by memory | sysinfo_processes",
                "which operating system runs on edge-7? | sysinfo_overview"
            })
    void tells_tools_apart_that_share_words(String prompt, String tool) {
        List<ToolSpecification> similar =
                List.of(
                        tool(
                                "disk_list",
                                "Total, free and used disk space, in bytes, of every file system of this machine; pseudo and in-memory file systems are left out",
                                parameters()),
                        tool(
                                "disk_usage",
                                "Total, free and used disk space, in bytes, of the file system that holds a path",
                                parameters()
                                        .addStringProperty(
                                                "path",
                                                "an absolute path on this machine; the root of the file system if left out")),
                        tool(
                                "sysinfo_overview",
                                "What this machine is: host name, operating system, kernel, architecture, processor count and model, uptime in seconds",
                                parameters()),
                        tool(
                                "sysinfo_load",
                                "How busy this machine is: load averages over 1, 5 and 15 minutes, and processor (CPU) use in percent right now",
                                parameters()),
                        tool(
                                "sysinfo_memory",
                                "Memory (RAM) and swap of this machine in bytes: total, available, used",
                                parameters()),
                        tool(
                                "sysinfo_processes",
                                "The processes of this machine that use most processor time or most memory, the greatest first",
                                parameters().addIntegerProperty("limit", "how many, 1 to 100")),
                        tool(
                                "text_statistics",
                                "Counts of a text: characters, words, sentences, lines, paragraphs, and its most frequent words",
                                parameters()
                                        .addStringProperty("text", "the text")
                                        .required("text")));
        AiMessage answer = ask(prompt, similar);
        assertTrue(answer.hasToolExecutionRequests(), () -> prompt + " -> " + answer.text());
        assertEquals(tool, answer.toolExecutionRequests().get(0).name());
    }

    @Test
    void same_request_same_answer_whatever_the_order_of_the_tools() {
        List<ToolSpecification> shuffled = new ArrayList<>(tools());
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(shuffled, new java.util.Random(round));
            assertEquals(
                    ask("how much space is free on edge-7?", tools()),
                    ask("how much space is free on edge-7?", shuffled));
        }
    }

    @Test
    void hostile_prompt_is_answered_quickly() {
        assertTimeout("a".repeat(60_000));
        assertTimeout("\"".repeat(60_000));
        assertTimeout("a.".repeat(30_000));
        assertTimeout("/".repeat(60_000));
        assertTimeout("every the ".repeat(6_000));
        assertTimeout("'a ".repeat(20_000));
    }

    private void assertTimeout(String prompt) {
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                java.time.Duration.ofSeconds(60), () -> ask(prompt, tools()));
    }

    @Test
    void reports_exact_figures_of_each_host() {
        List<ChatMessage> talk =
                List.of(
                        UserMessage.from("how much space is free on all hosts?"),
                        AiMessage.from(
                                List.of(
                                        ToolExecutionRequest.builder()
                                                .id("call-1")
                                                .name("disk_usage")
                                                .arguments("{}")
                                                .build())),
                        ToolExecutionResultMessage.from(
                                "call-1",
                                "disk_usage",
                                "{\"agent\":\"alpha\",\"result\":{\"path\":\"/\",\"total_bytes\":1000,\"free_bytes\":123456789}}"),
                        ToolExecutionResultMessage.from(
                                "call-2",
                                "disk_usage",
                                "{\"agent\":\"edge-7\",\"error\":{\"code\":\"agent_offline\",\"message\":\"edge-7 is offline\"}}"),
                        ToolExecutionResultMessage.from("call-3", "disk_usage", "no JSON at all"),
                        ToolExecutionResultMessage.from(
                                "call-4",
                                "disk_list",
                                "{\"mounts\":[{\"mount\":\"/\",\"used_bytes\":2048}],\"uptime_seconds\":93784,\"tags\":[],\"ratio\":0.5,\"none\":null}"));
        String answer =
                model.chat(ChatRequest.builder().messages(talk).toolSpecifications(tools()).build())
                        .aiMessage()
                        .text();
        assertTrue(
                answer.contains("disk_usage on alpha:\n  free_bytes: 123456789 (117.7 MiB)\n"),
                answer);
        assertTrue(answer.contains("total_bytes: 1000\n"), answer);
        assertTrue(answer.contains("disk_usage on edge-7 failed: edge-7 is offline"), answer);
        assertTrue(answer.contains("no JSON at all"), answer);
        assertTrue(answer.contains("- mount /, used_bytes 2048 (2.0 KiB)"), answer);
        assertTrue(answer.contains("uptime_seconds: 93784 (1 d 2 h)"), answer);
        assertTrue(
                answer.contains("tags: none")
                        && answer.contains("ratio: 0.5")
                        && answer.contains("none: unknown"),
                answer);
        assertTrue(answer.endsWith("not by a language model)"), answer);
    }
}
