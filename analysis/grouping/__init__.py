"""Puts together unknown faces that are one person's, in libraries of hundreds of thousands.

A face or a group is a *unit* (`units`): how many faces it has, their mean, mean squared length and mean
level. How far two are apart, their *link*, follows from these alone: the root of the mean square of
all distances between their faces, less the mean of the levels (`analysis.matching`). So average link
(Sokal and Michener, 1958) needs no distance of two faces but those of a graph of near neighbours
(`neighbours`), and costs no more for a group of thousands. Some never go together (`apart`): the faces of
one photo, and what humans split. NumPy alone; all anew or as faces come (`groups`), and numbers of
groups stay (`carrying`).

How near they have to be depends on how many faces there are and how many are together (`limits`).
Measured on people of LFW (folds 1 and 2), 20 East Asian ones and half of All-Age-Faces, each
of these alone, by maps of the other half and of UTKFace: about 2,370 faces, three splits both ways, in
percent:

                                                  pairs' precision  recall  purity of three and more
    average link, 0.48                            99.6              72      99.9
    average link, 0.50                            99.2              84      99.7
    the root of the mean square, 0.50             99.2              84      99.7
    0.46, and 0.08 more where both are large      99.8              83      99.9
    distances of means, 0.2 of the spreads, 0.46  99.6              92      99.6
    here                                          99.5              89      99.6

A few of All-Age-Faces show somebody twice, or somebody of LFW, which counts as wrong. Distances of means
are no good among many: of 290,000 made faces (`analysis.synthetic`) 59 % of the pairs put together were
right, here 99.96 %, and 99.9 % of the faces in groups of three and more. Tried, and on the same line
between precision and recall: other curves from single faces to large groups, stricter limits for two
single ones, and single faces by their nearest one, two, three or five in a group.
"""
