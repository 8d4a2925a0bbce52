/** Names by which programs commit. */
export const MACHINE = /\[bot\]$|^(dependabot|renovate|github-actions|greenkeeper)\b/i;
