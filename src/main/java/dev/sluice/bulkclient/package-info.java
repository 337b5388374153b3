/** A client of Bulk Data servers: kick-off, polling, downloads. It needs no server of Sluice and no Spring. */
@NullMarked
package dev.sluice.bulkclient;

import org.jspecify.annotations.NullMarked;
