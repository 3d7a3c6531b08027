"""Why a network, a dataset or a training is refused. `file` may be a name or a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.english import gettext_noop

NETWORKS: Mapping[str, str] = {
    # Networks that are put into models/.
    "not_an_ssd": gettext_noop(
        "{network} and {description} are not OpenCV's face detector. "
        "Put the right files in their place."
    ),
    "not_levi_hassner": gettext_noop(
        "{layers} and {weights} are not a Caffe network that turns {side} x {side} pixels into "
        "{outputs} shares. Put the files of Levi and Hassner in their place."
    ),
    "emotion_network": gettext_noop("The emotion network {file}"),
    "emotion_unreadable": gettext_noop(
        "{file} cannot be read as an ONNX network. Choose another one."
    ),
    "emotion_types": gettext_noop(
        "{file} turns {inputs} into {outputs}, not one float32 array into "
        "another. Choose another one."
    ),
    "emotion_input": gettext_noop(
        "{file} takes {shape}, not (any number, rows, columns, channels) or "
        "(any number, channels, rows, columns) with 1 or 3 channels and {least} to {most} pixels a "
        "side. Choose another one."
    ),
    "emotion_broken": gettext_noop("{file} cannot be run. Choose another one."),
    "emotion_output": gettext_noop(
        "{file} gives {shape} for a face, not ({outputs},). Choose another one."
    ),
    "emotion_infinite": gettext_noop(
        "{file} gives numbers that are not finite. Choose another one."
    ),
    # Files of networks from anybody.
    "this_file": gettext_noop("This file"),
    "this_file_within": gettext_noop("this file"),
    "no_file": gettext_noop("There is no file {file}."),
    "no_network_file": gettext_noop("{file} is none of {kinds} and .onnx."),
    "network_large": gettext_noop("{file} has more than {limit} MB."),
    "network_wants_memory": gettext_noop(
        "This file needs more memory than a network for faces may."
    ),
    "network_outputs": gettext_noop(
        "{file} gives {shape}, not (None, {outputs}): a number for each of {emotions}."
    ),
    "network_input": gettext_noop(
        "{file} takes {shape}, not (None, rows, columns, 1 or 3) with {least} to {most} pixels a side."
    ),
    "network_not_of_squares": gettext_noop(
        "{file} takes {shape}, not grey squares (N, side, side, 1)."
    ),
    "network_without_shares": gettext_noop("{file} does not answer with shares of seven emotions."),
    "keras_unreadable": gettext_noop("Keras cannot read {file}: {reason}"),
    "keras_unwritable": gettext_noop("Keras cannot write {file} as ONNX: {reason}"),
    "keras_undescribed": gettext_noop("{file} is no Keras network with its description."),
    "keras_with_more": gettext_noop("{file} holds more than a network: {names}."),
    "keras_of_many_weights": gettext_noop("{file} claims more than {limit} MB of weights."),
    "keras_claims": gettext_noop("{file} claims {size} MB of weights."),
    "keras_told_at_length": gettext_noop("{file} describes its network at too great a length."),
    "keras_leads_outside": gettext_noop("{file} refers to something outside itself at {place}."),
    "keras_weights_outside": gettext_noop("{file} keeps its weights in another file at {place}."),
    "keras_layer": gettext_noop(
        "{file} uses {layer}: only plain layers are accepted, and no code of its own such as Lambda."
    ),
    "keras_code": gettext_noop("{file} uses code of {module}: only Keras's own passes."),
    "keras_number": gettext_noop("{file} asks for {name} {number}: that is too large."),
    "not_onnx": gettext_noop("{file} is no ONNX network."),
    "onnx_operator": gettext_noop(
        "{file} uses {operator} of {domain}: only the operators of ONNX and of ONNX Runtime are "
        "accepted."
    ),
    "onnx_weights_outside": gettext_noop("{file} keeps its weights in another file."),
    "onnx_claims": gettext_noop("{file} claims more weights than it holds."),
    # Networks that are turned into ONNX.
    "no_samples": gettext_noop("A converted network can't be checked without sample photos."),
    "samples_without_face": gettext_noop(
        "{file} can't be checked: the sample photos show no face."
    ),
    "converted_otherwise": gettext_noop(
        "{file} differs from its original by {difference} on the sample photos; {allowed} is allowed. "
        "Nothing was installed."
    ),
    "converted_finds_others": gettext_noop(
        "The converted network finds other faces than its original. Nothing was installed."
    ),
    "not_dlibs_detector": gettext_noop("{file} is not dlib's CNN face detector: {reason}."),
    "not_dlibs_encoder": gettext_noop("{file} is not dlib's face encoder: {reason}."),
    "not_face_api": gettext_noop("{file} is not face-api.js's age and gender network: {reason}."),
    "not_faceres": gettext_noop("{file} is not the network of HSE-FaceRes: {reason}."),
    "not_yunet": gettext_noop("{file} is not YuNet of March 2023."),
    # What is learnt from.
    "dataset_unreadable": gettext_noop("{file} cannot be read: {reason}."),
    "no_dataset": gettext_noop(
        "{file} is no .csv file, no .npz file and no folder with one a class."
    ),
    "dataset_empty": gettext_noop("{file} holds no image."),
    "dataset_line": gettext_noop("Line {number} of {file}: {reason}"),
    "line_header": gettext_noop("expected emotion,pixels,Usage and found '{found}'."),
    "line_form": gettext_noop(
        "expected a number, a comma, grey values with spaces between, a comma and the usage."
    ),
    "line_usage": gettext_noop("the usage '{usage}' is none of {usages}."),
    "line_values": gettext_noop("expected {expected} grey values (48 x 48) and found {found}."),
    "line_grey": gettext_noop("the grey value {value} is above 255."),
    "line_emotion": gettext_noop("the emotion {emotion} is not one of 0 to {last}."),
    "not_npz": gettext_noop("{file} is no .npz file of plain arrays."),
    "npz_incomplete": gettext_noop("{file} holds no `images` and `labels`."),
    "npz_images": gettext_noop(
        "`images` in {file} must be uint8 of shape (N, 48, 48), not {kind} of {shape}."
    ),
    "npz_labels": gettext_noop("`labels` in {file} must hold a whole number for each image."),
    "npz_label": gettext_noop("Label {label} of image {number} in {file} is not one of 0 to 6."),
    "npz_usages": gettext_noop("`usage` in {file} must hold a word for each image."),
    "npz_usage": gettext_noop("Usage '{usage}' in {file} is none of {usages}."),
    "folder_without_pictures": gettext_noop(
        "{file} holds no pictures in folders called {emotions} (or 0 to 6)."
    ),
    "no_picture_file": gettext_noop("{file} is no picture that can be read."),
    "picture_large": gettext_noop("{file} has too many pixels for a crop of a face."),
    "split_without_usage": gettext_noop(
        "To split by usage the data must name {training} and {validation} images; "
        "split it as the study did instead (--split study)."
    ),
    "split_of_few": gettext_noop(
        "There are too few images to keep a fifth of them for validation."
    ),
    # Trainings.
    "other_training": gettext_noop(
        "{folder} holds a training with {what}. Name another folder, or delete this one."
    ),
    "other_training_images": gettext_noop("other training images"),
    "other_validation_images": gettext_noop("other validation images"),
    "other_setting": gettext_noop("{name} {found}, not {wanted}"),
    "training_busy": gettext_noop("Another process is training in {folder}."),
    "roster_without_map": gettext_noop(
        "There is no population map for encodings of {encoder}, by which the training makes strangers. "
        "Have people told by the nearest face or by votes."
    ),
    "roster_of_nobody": gettext_noop(
        "Nobody is known by a face that a network could learn of. Name some faces first."
    ),
    "roster_of_many": gettext_noop(
        "{people} people are known, and a network learns of {most} at most. Have them told by the nearest "
        "face or by votes."
    ),
    "training_stopped": gettext_noop(
        "Stopped. The epochs that were finished are kept; run it again to go on."
    ),
    "checkpoint_broken": gettext_noop("{file} is broken: delete it to begin anew."),
    "loss_is_no_number": gettext_noop(
        "The loss of epoch {epoch} is no number: train it otherwise."
    ),
    "exported_otherwise": gettext_noop("{file} differs from {other} by {difference}."),
}
