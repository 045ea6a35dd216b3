package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.Repository;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The repositories that this host reads skills from. Each change is audited, as by {@code shell}. */
@Component(
        service = Repositories.class,
        property = {"osgi.command.scope=weft", "osgi.command.function=catalog"})
public final class Repositories {
    private static final String USAGE =
            "usage: weft:catalog [list | lock FILE | refresh [NAME] | add ADDRESS [FINGERPRINT [NAMESPACE…]] | remove NAME | trust NAME NAMESPACE FINGERPRINT | distrust NAME NAMESPACE]";

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Catalog catalog;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference CommandLine program;

    /** Lists repositories, or changes which are read and who is trusted.
     * @param words none to list; else see the usage
     * @return a table */
    @Descriptor(
            "the repositories, or: list | lock FILE | refresh [NAME] | add ADDRESS [FINGERPRINT [NAMESPACE...]] | remove NAME | trust NAME NAMESPACE FINGERPRINT | distrust NAME NAMESPACE")
    public String catalog(String... words) {
        Catalog known = catalog;
        if (CommandTable.isBeyond("catalog", words)
                || words.length > 0 && words[0].equals("lock")) {
            return program.ask("catalog", words);
        }
        if (known == null) {
            return Words.missing("the catalog");
        }
        List<String> rest = Arrays.asList(words).subList(Math.min(1, words.length), words.length);
        String verb = words.length == 0 ? "list" : words[0];
        return switch (verb + " " + Math.min(rest.size(), 3)) {
            case "list 0" -> table(known.repositories());
            case "refresh 0" -> table(known.refresh(""));
            case "refresh 1" -> table(known.refresh(rest.get(0)));
            case "add 1" -> look(known, rest.get(0));
            case "add 2", "add 3" -> {
                Repository added =
                        known.add(
                                rest.get(0),
                                rest.get(1),
                                0,
                                "signed-by-trusted",
                                rest.subList(2, rest.size()));
                yield changed("catalog.add", added);
            }
            case "remove 1" -> {
                if (!known.remove(rest.get(0))) {
                    throw new NoSuchElementException(
                            "no repository is called \"" + rest.get(0) + "\"; see weft:catalog");
                }
                ShellAudit.record(audit, "catalog.remove", rest.get(0));
                yield rest.get(0) + " is read no more; what was installed from it stays";
            }
            case "trust 3" ->
                    changed("catalog.trust", known.trust(rest.get(0), rest.get(1), rest.get(2)));
            case "distrust 2" ->
                    changed("catalog.distrust", known.distrust(rest.get(0), rest.get(1)));
            default -> throw new IllegalArgumentException(USAGE);
        };
    }

    private static String look(Catalog known, String address) {
        Repository found = known.look(address);
        return "nothing is trusted yet; the fingerprint of "
                + Table.printable(found.name())
                + " is "
                + found.fingerprint()
                + "; compare it with what its owner tells, then: weft:catalog add "
                + address
                + " "
                + found.fingerprint();
    }

    private String changed(String what, Repository repository) {
        ShellAudit.record(audit, what, repository.name());
        return table(List.of(repository));
    }

    private static String table(List<Repository> repositories) {
        Table table = new Table("NAME", "ADDRESS", "SKILLS", "EXPIRES", "PROBLEM");
        StringBuilder publishers = new StringBuilder();
        for (Repository each : repositories) {
            table.row(each.name(), each.address(), each.skills(), each.expires(), each.problem());
            for (Repository.Publisher publisher : each.publishers()) {
                publishers
                        .append("\npublisher ")
                        .append(Table.printable(publisher.namespace()))
                        .append(publisher.trusted() ? " is trusted in " : " is not trusted in ")
                        .append(Table.printable(each.name()))
                        .append(": ")
                        .append(publisher.fingerprint()); // whole, to be compared
            }
        }
        return table.isEmpty()
                ? "no repositories; weft:catalog add ADDRESS begins to read one"
                : table.toString() + publishers;
    }
}
