package dev.sluice.export;

import dev.sluice.IntegrationTest;

/** De-identified exports into a folder. */
@IntegrationTest
class LocalDeidentifiedExportTest extends DeidentifiedExportContract {}
