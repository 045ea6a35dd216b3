package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.skill.repository.scan.JarFixtures;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many hostile and honest fixtures there are: each counts once, by its name and by what it is made of. */
class FixturesTest {
    @TempDir Path temporary;

    @Test
    void there_are_eighty_hostile_jars_and_forty_attacks_on_repositories_and_no_two_are_the_same()
            throws Exception {
        Set<String> attacks = new HashSet<>();
        Stream.of(
                        HostileSnapshotTest.snapshots(),
                        HostileFilesTest.files(),
                        HostileFilesTest.jars(),
                        HostileIndexTest.indexes(),
                        HostilePublisherTest.publishers(),
                        HostilePublisherTest.statements(),
                        HostileSnapshotTest.roots(),
                        HostileFilesTest.servers())
                .flatMap(attack -> attack)
                .forEach(attack -> assertTrue(attacks.add(attack.title()), attack.title()));
        assertTrue(attacks.size() >= 40, attacks.size() + " attacks");
        List<String> hostile = JarFixtures.hostile(temporary);
        assertEquals(hostile.size(), new HashSet<>(hostile).size());
        assertTrue(hostile.size() >= 80, hostile.size() + " hostile jars");
    }

    @Test
    void there_are_thirty_honest_jars_and_no_two_are_the_same() throws Exception {
        List<String> honest = JarFixtures.honest();
        assertEquals(honest.size(), new HashSet<>(honest).size());
        assertTrue(honest.size() >= 30, honest.size() + " honest jars");
    }
}
