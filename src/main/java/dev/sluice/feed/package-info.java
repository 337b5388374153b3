/**
 * Feeds: requests that are exported again and again by a schedule, each from where the last complete one ended, and
 * the manifests by which clients follow them.
 */
@NullMarked
package dev.sluice.feed;

import org.jspecify.annotations.NullMarked;
