package dev.weft.http.api;

import java.util.List;

/** One area of the API. */
interface Resource {
    /** What it adds to the table.
     * @return its routes */
    List<Route> routes();
}
