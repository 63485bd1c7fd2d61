package dev.trainyard.system;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Includes the tests, which may use the chaos tool but not the other way round. */
class PackageCyclesTest {
    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.trainyard.(**)")
                .should()
                .beFreeOfCycles()
                .check(new ClassFileImporter().importPackages("dev.trainyard.system"));
    }
}
