"""Takes photos from folders on the server: copied in, or read where they lie.

What is done follows from what the library has, and never from what an earlier look did, so that a look
which was cut short is only begun again. A file is told by its content:

- one that nobody has becomes a photo; what somebody deleted stays deleted, also once the bin was emptied,
  under another name too, and when its file is written anew. Whoever wants it back uploads it;
- a photo whose file has moved keeps all that was said of it, and so does one whose file is not there: it is
  shown as gone until a file of the same content is;
- a file that was written anew, by a program that tags photos, is the same photo if it looks the same,
  pixel for pixel where it was: then names stay and it is analysed again. Else (another photo of that
  name, one that was turned or cropped) it is a new photo, and the old one is shown as gone with its
  words, for these mean faces that are not there;
- what can't be read is said, and tried again once it changes.

Where an empty folder stands in place of a disk nothing is taken for gone. Files in here are never written
to.

`folders` says which, `looking` goes through one in parts, `seeing` reads files, `settling` decides,
`ending` tells what has gone, `originals` gives a photo's file to whoever reads it.
"""
