/**
 * A client of Bulk Data servers: requests with tokens, kick-off, polling, downloads. It needs no server of Sluice and no
 * Spring. Start reading at {@link dev.sluice.bulkclient.ServerSession}.
 */
@NullMarked
package dev.sluice.bulkclient;

import org.jspecify.annotations.NullMarked;
