import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { Tree, TreeSum } from '../learning/tree.js';
import { FEATURES } from './features.js';
import { createModelError } from './model-error.js';
import { readBytes, readFinite, readFloats, writeBytes, writeFloats } from './numbers-as-text.js';

const MOST_TREES = 20_000;

/** Trees one after the other, by list; `nodes` says how many each has. */
export function writeTrees({ start, trees }: TreeSum): JsonObject {
  const flat = (key: keyof Tree) => trees.flatMap((tree) => tree[key]);
  return {
    start,
    nodes: writeBytes(trees.map((tree) => tree.left.length)),
    feature: writeBytes(flat('feature')),
    left: writeBytes(flat('left')),
    threshold: writeFloats(flat('threshold')),
    value: writeFloats(flat('value')),
    cover: writeFloats(flat('cover')),
  };
}

/** Throws unless every row finds its way down every tree. */
export function readTrees(value: Json | undefined): TreeSum {
  const content = isJsonObject(value) ? value : {};
  const sizes = readBytes(content['nodes'], undefined, 'trees');
  if (sizes.length > MOST_TREES) throw createModelError(`A model has at most ${MOST_TREES} trees.`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const all: Tree = {
    feature: readBytes(content['feature'], total, 'trees'),
    left: readBytes(content['left'], total, 'trees'),
    threshold: readFloats(content['threshold'], total, 'trees'),
    value: readFloats(content['value'], total, 'trees'),
    cover: readFloats(content['cover'], total, 'trees'),
  };
  let start = 0;
  const trees = sizes.map((size) => {
    const cut = (values: readonly number[]) => values.slice(start, start + size);
    const tree = {
      feature: cut(all.feature),
      threshold: cut(all.threshold),
      left: cut(all.left),
      value: cut(all.value),
      cover: cut(all.cover),
    };
    start += size;
    return checkTree(tree);
  });
  return { start: readFinite(content['start']), trees };
}

/** Ways lead down only, so that every row comes to a leaf. */
function checkTree(tree: Tree): Tree {
  const sound =
    tree.left.length > 0 &&
    tree.left.every((left, node) => left === 0 || (left > node && left + 1 < tree.left.length)) &&
    tree.feature.every((feature) => feature < FEATURES.length) &&
    tree.cover.every((cover) => cover > 0);
  if (!sound) throw createModelError('A tree of the model leads nowhere.');
  return tree;
}
