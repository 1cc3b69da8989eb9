import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageResource, imagesMentioned } from '../../shared/sources/image-references.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['alone', `registry.example.com/shop@${DIGEST}`, 'registry.example.com/shop'],
  ['with a port and tag', `localhost:5000/a/b:1.2@${DIGEST}`, 'localhost:5000/a/b:1.2'],
  ['in a sentence', `Image europe-docker.pkg.dev/p/shop@${DIGEST} denied`, 'europe-docker.pkg.dev/p/shop'],
  ['behind a separator', `"DOCKER|ghcr.io/o/shop@${DIGEST}"`, 'ghcr.io/o/shop'],
])('an image %s is found', (_, text, name) => {
  expect(imagesMentioned(text)).toEqual([`${name}@${DIGEST}`]);
});

test.each([
  ['without a name', `@${DIGEST}`],
  ['with a short digest', 'shop@sha256:0a0a'],
  ['with a digest of capitals', `shop@sha256:${'0A'.repeat(32)}`],
  ['by tag', 'shop:1.2'],
])('an image %s is none', (_, text) => {
  expect(imagesMentioned(text)).toEqual([]);
});

test('each image is named once, and no more than fifty', () => {
  const text = Array.from({ length: 200 }, (_, n) => `i${n % 100}@${DIGEST}`).join(' ');
  expect(imagesMentioned(text)).toHaveLength(50);
});

test('any text is searched without fault, and what is found is in it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constant(`a@${DIGEST}`), fc.constant('@sha256:'))),
      (parts) => {
        const text = parts.join('');
        for (const reference of imagesMentioned(text)) expect(text).toContain(reference);
      },
    ),
  );
});

test('a reference without a digest is known by itself', () => {
  expect(imageResource('nginx:1')).toMatchObject({
    name: 'nginx:1',
    uid: 'nginx:1',
    type: 'container_image',
  });
  expect(imageResource(`nginx@${DIGEST}`)).toMatchObject({
    name: 'nginx',
    uid: DIGEST,
    data: { digest: DIGEST },
  });
});
