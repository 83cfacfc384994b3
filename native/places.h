/* Elements and rows at places that an index gives. */
#ifndef PENLIGHT_PLACES_H
#define PENLIGHT_PLACES_H

enum places { GATHER, SCATTER, SCATTER_ADD };

typedef struct {
    enum places kind;
    int type;   /* NumPy's character of what is added; of what is moved, 1, 2, 4 or 8: its bytes */
    int shared; /* whether all rows have one index of m places; negative ones then count from the end */
    long outer, n, m, inner;
} places_form;

long places_bytes(const places_form *); /* of an element; 0: there is no such type */

/* table (outer, n, inner), rows (outer, m, inner) and index, as rows or (m). Returns 0 where a place is outside the table. */
int at_places(const places_form *, const long long *index, void *table, void *rows, int threads);

#endif
