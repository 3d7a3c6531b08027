"""Puts together unknown faces that are one person's, in libraries of hundreds of thousands.

A face or a group is a *unit* (`units`): how many faces it has, their mean, how far they spread around it
and their mean level. How far two are apart, their *link*, follows from these alone: how far their means
are, with a part of both spreads, less the mean of the levels (`analysis.matching`). So linking needs no
distance of two faces but those of a graph of near neighbours (`neighbours`), and costs no more for a group
of thousands. Some never go together (`apart`): the faces of one photo, and what humans split. NumPy alone;
all anew or as faces come (`groups`), and numbers of groups stay (`carrying`).

With all of the spreads this would be average link (Sokal and Michener, 1958), with none of them the
distance of centroids. A face is told best by the mean of its person's others: their own scatter says
nothing of it. But groups that hold two people scatter more, and chain without it.

How near units have to be depends on how many faces there are and how many are together (`limits`).
Measured on people of LFW (folds 1 and 2), 20 East Asian ones and half of All-Age-Faces, each
of these alone, by maps of the other half and of UTKFace: about 2,370 faces, three splits both ways, in
percent:

                                                  pairs' precision  recall  purity of three and more
    average link, 0.48                            99.6              72      99.9
    average link, 0.50                            99.2              84      99.7
    the root of the mean square, 0.50             99.2              84      99.7
    the same, up to 0.08 more for large ones      99.5              88      99.6
    distances of means, 0.44                      85                90      97
    and 0.2 of the spreads, 0.46                  99.5              92      99.6
    0.5 of the spreads, 0.46                      99.8              85      99.9
    here                                          99.5              91      99.6

A few of All-Age-Faces show somebody twice, or somebody of LFW, which counts as wrong. The limits of two
groups cost a little here, where 0.01 more has two groups of ten become one; among 290,000 made faces
(`analysis.synthetic`) they are what keeps families apart: 99.8 % of the pairs put together are right, and
99.7 % of the faces in groups of three and more.

Tried, and on the same line between precision and recall, give or take what one face does: other curves from
single faces to large groups, also ones that rise to groups of twenty; 0.1 to 0.5 of the spreads, each with
its limits; faces by their nearest one, two, three or five in a group, alone or beside the mean; a logistic
on all of these, the spreads, numbers and levels, fitted to half of the people; means and limits by the
quality of faces; encodings that are whitened, or told apart by how faces of one person differ.

Levels that count a third less for a group give LFW one percent more recall, but are unfair: those whom the
map holds for crowded would go with strangers more often. Levels by the groups next to each in the library
itself give half a percent to one, but in a family's library those next to a group are mostly what else
there is of that person.
"""
