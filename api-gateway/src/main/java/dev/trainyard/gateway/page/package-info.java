/** Routes of the web page and its files. */
package dev.trainyard.gateway.page;
